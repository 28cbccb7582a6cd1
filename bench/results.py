"""Where results go: JSON for programs, a plot and a table for people."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from bench.answers.answers_report import AnswersReport
from bench.answers.answers_tables import answers_tables, plot_answers
from bench.kill_report import KillReport
from bench.latency_report import LatencyReport
from bench.limits.capacity_report import CapacityReport
from bench.limits.capacity_tables import capacity_tables, plot_capacity
from bench.limits.soak_report import SoakReport
from bench.limits.soak_tables import plot_soak, soak_tables
from bench.memory_report import MemoryReport
from bench.plots import plot_latency, plot_memory, plot_retrieval
from bench.retrieval.retrieval_report import RetrievalReport
from bench.retrieval.tables import retrieval_tables
from bench.stall_report import StallReport
from bench.storage_plots import plot_kill, plot_stall
from bench.storage_tables import kill_tables, stall_tables
from bench.tables import Table, latency_tables, memory_tables
from bench.turns.barge_in_report import BargeInReport
from bench.turns.barge_in_tables import barge_in_tables, plot_barge_in
from bench.turns.noise_report import NoiseReport
from bench.turns.noise_tables import noise_tables, plot_noise
from bench.turns.pauses_report import PausesReport
from bench.turns.pauses_tables import pauses_tables, plot_pauses
from config.errors import InvalidInputError

AnyTurnReport = BargeInReport | NoiseReport | PausesReport
Report = (
    LatencyReport
    | MemoryReport
    | KillReport
    | StallReport
    | RetrievalReport
    | AnyTurnReport
    | CapacityReport
    | SoakReport
    | AnswersReport
)

_KINDS: Mapping[str, type[Report]] = {
    "latency": LatencyReport,
    "stock": LatencyReport,
    "memory": MemoryReport,
    "kill": KillReport,
    "stall": StallReport,
    "retrieval": RetrievalReport,
    "barge-in": BargeInReport,
    "noise": NoiseReport,
    "pauses": PausesReport,
    "capacity": CapacityReport,
    "soak": SoakReport,
    "answers": AnswersReport,
}


def tables_of(report: Report) -> tuple[Table, ...]:
    """The tables of any report."""
    match report:
        case LatencyReport():
            return latency_tables(report)
        case MemoryReport():
            return memory_tables(report)
        case KillReport():
            return kill_tables(report)
        case StallReport():
            return stall_tables(report)
        case RetrievalReport():
            return retrieval_tables(report)
        case BargeInReport():
            return barge_in_tables(report)
        case NoiseReport():
            return noise_tables(report)
        case PausesReport():
            return pauses_tables(report)
        case CapacityReport():
            return capacity_tables(report)
        case SoakReport():
            return soak_tables(report)
        case AnswersReport():
            return answers_tables(report)


def write_report(report: Report, folder: Path) -> tuple[Path, Path]:
    """Write a report's JSON and plot, named after its command; blocking.

    Returns:
        The two files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    data, plot = folder / f"{report.command}.json", folder / f"{report.command}.png"
    data.write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")
    _plot(report, plot)
    return data, plot


def read_reports(folder: Path) -> list[Report]:
    """The reports in a folder, in the order of the commands; blocking.

    Raises:
        InvalidInputError: A file is none of ours.
    """
    reports: list[Report] = []
    for command, kind in _KINDS.items():
        path = folder / f"{command}.json"
        if path.is_file():
            try:
                reports.append(kind.model_validate_json(path.read_bytes()))
            except ValidationError as error:
                raise InvalidInputError(f"{path} is no report of this version; measure again.") from error
    return reports


def _plot(report: Report, path: Path) -> None:
    match report:
        case LatencyReport():
            plot_latency(report, path)
        case MemoryReport():
            plot_memory(report, path)
        case KillReport():
            plot_kill(report, path)
        case StallReport():
            plot_stall(report, path)
        case RetrievalReport():
            plot_retrieval(report, path)
        case BargeInReport():
            plot_barge_in(report, path)
        case NoiseReport():
            plot_noise(report, path)
        case PausesReport():
            plot_pauses(report, path)
        case CapacityReport():
            plot_capacity(report, path)
        case SoakReport():
            plot_soak(report, path)
        case AnswersReport():
            plot_answers(report, path)
