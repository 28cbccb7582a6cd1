"""Progress while a measurement runs, and its tables when it is done."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from bench.latency import Progress as ProgressListener
from bench.page import describe_conditions, describe_machine
from bench.results import Report, tables_of

_FEWEST_COLUMNS = 120


class Screen:
    """The terminal of one command."""

    def __init__(self) -> None:
        self._console = Console()
        if not self._console.is_terminal:
            # Into a file or a pipe: no width to fit to.
            self._console = Console(width=_FEWEST_COLUMNS)

    def say(self, text: str) -> None:
        """Print a line."""
        self._console.print(text, highlight=False)

    @contextlib.contextmanager
    def progress(self) -> Iterator[ProgressListener]:
        """Show a bar for every stretch that is reported to the listener."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        tasks: dict[str, TaskID] = {}
        with Progress(*columns, console=self._console) as bars:

            def show(what: str, done: int, total: int) -> None:
                if what not in tasks:
                    tasks[what] = bars.add_task(what, total=total)
                bars.update(tasks[what], completed=done)

            yield show

    def show(self, report: Report, faults: tuple[str, ...], files: tuple[Path, ...]) -> None:
        """Print a report: conditions, tables, what went wrong, where it was written."""
        self.say(describe_conditions(report))
        self.say(describe_machine(report.machine))
        for table in tables_of(report):
            self._console.print()
            self._console.print(table.for_screen())
        for fault in faults:
            self.say(f"- {fault}")
        self.say("\nWritten: " + ", ".join(str(path) for path in files))
