"""`bench report`: write what was measured into the documentation."""

import argparse
from pathlib import Path

from bench.commands.common import PUBLISHED
from bench.page import update_page
from bench.results import read_reports
from bench.screen import Screen

HELP = "write published results into docs/performance.md"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument(
        "--results", type=Path, default=PUBLISHED, metavar="DIR", help="where they are (default: %(default)s)"
    )
    parser.add_argument(
        "--page", type=Path, default=PUBLISHED.with_suffix(".md"), help="what to write into (default: %(default)s)"
    )


def run(namespace: argparse.Namespace) -> int:
    """Write the page."""
    reports = read_reports(namespace.results)
    update_page(namespace.page, reports, namespace.results)
    Screen().say(f"{namespace.page}: {', '.join(report.command for report in reports) or 'no results'}")
    return 0
