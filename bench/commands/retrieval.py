"""`bench retrieval`: whether questions find their answers, whether those without one are noticed, and how fast."""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.commands.common import DEFAULT_OUTPUT, PUBLISHED, run_on_loop
from bench.environment import REPOSITORY
from bench.latency import Progress
from bench.machine import this_machine
from bench.results import write_report
from bench.retrieval.bench import RetrievalBench
from bench.retrieval.question_set import QUESTIONS, load_businesses
from bench.retrieval.retrieval_report import RetrievalBenchOptions, RetrievalReport
from bench.screen import Screen
from config.settings import Settings
from data.knowledge.calibration import Calibration, calibration_file
from data.knowledge.factory import build_embedder

HELP = "answers found, unanswerable questions noticed, latency among 10,000 chunks; --fit makes the weights anew"
CALIBRATIONS = REPOSITORY / "data" / "knowledge" / "calibrations"
_DEFAULT = RetrievalBenchOptions()
QUICK = RetrievalBenchOptions(chunks=200, queries=20, callers=3, pause_seconds=0.05, isolation_queries=50, pages=2)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument(
        "--fit", action="store_true", help=f"write weights into {CALIBRATIONS.relative_to(REPOSITORY)}"
    )
    parser.add_argument(
        "--questions", type=Path, default=QUESTIONS, metavar="DIR", help="another question set (default: ours)"
    )
    parser.add_argument(
        "--model-admits",
        type=_share,
        default=_DEFAULT.model_admits,
        metavar="SHARE",
        help="unanswerable questions that your language model admits beside documents (default: %(default)s)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=DEFAULT_OUTPUT,
        metavar="DIR",
        help=f"where JSON and plot go (default: %(default)s; {PUBLISHED} to publish)",
    )
    parser.add_argument("--quick", action="store_true", help="a sample of the latency part; no figures")


def run(namespace: argparse.Namespace) -> int:
    """Fit if asked to, measure, print, write; 1 if an answer came from another agent's documents."""
    options = (QUICK if namespace.quick else _DEFAULT).model_copy(update={"model_admits": namespace.model_admits})
    screen = Screen()
    with screen.progress() as progress:
        report = run_on_loop(_measure(namespace, options, progress))
    files = write_report(report, namespace.output)
    faults = (f"{report.isolation.foreign} answers came from the other agent",) if report.isolation.foreign else ()
    screen.show(report, faults, files)
    return 1 if faults else 0


async def _measure(
    namespace: argparse.Namespace, options: RetrievalBenchOptions, progress: Progress
) -> RetrievalReport:
    machine = this_machine(REPOSITORY)
    embedder = build_embedder(Settings())
    try:
        bench = RetrievalBench(embedder, load_businesses(namespace.questions), options, progress)
        await bench.prepare()
        if namespace.fit:
            for calibration in bench.fit():
                _write(calibration)
        with TemporaryDirectory(prefix="bench-retrieval-") as folder:
            return await bench.measure(machine, Path(folder))
    finally:
        await embedder.close()


def _write(calibration: Calibration) -> None:
    CALIBRATIONS.mkdir(exist_ok=True)
    path = CALIBRATIONS / calibration_file(calibration.model)
    path.write_text(calibration.model_dump_json(indent=2) + "\n", encoding="utf-8")


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError("must be between 0 and 1")
    return value
