"""The measured part of the documentation: written by a command only, so that no figure is typed by hand."""

from pathlib import Path

from bench.latency_report import LatencyReport
from bench.machine import Machine
from bench.results import Report, tables_of
from bench.retrieval.retrieval_report import RetrievalReport
from bench.retrieval.tables import describe_question_set
from bench.tables import comparison_table
from config.errors import InvalidInputError

BEGIN = "<!-- measured: begin (written by `python -m bench report`) -->"
END = "<!-- measured: end -->"


def measured_section(reports: list[Report], folder: str) -> str:
    """The reports in Markdown.

    Args:
        reports: In the order in which they are shown.
        folder: Where their files are, seen from the page.
    """
    parts = [*_comparison(reports), *(_report(report, folder) for report in reports)]
    return "\n\n".join(parts) if parts else "Nothing has been measured yet."


def replace_measured(page: str, section: str) -> str:
    """The page with another measured part.

    Raises:
        InvalidInputError: The page has not exactly one place for it.
    """
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(END) < page.index(BEGIN):
        raise InvalidInputError("The page needs the two markers of the measured part, once each and in order.")
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{section}\n\n{END}{rest.partition(END)[2]}"


def update_page(page: Path, reports: list[Report], folder: Path) -> None:
    """Write the reports into a page; blocking.

    Raises:
        InvalidInputError: The page has no place for them.
    """
    inside = folder.relative_to(page.parent).as_posix()
    text = replace_measured(page.read_text(encoding="utf-8"), measured_section(reports, inside))
    page.write_text(text, encoding="utf-8")


def describe_machine(machine: Machine) -> str:
    """One line: what it was measured on, and when."""
    libraries = ", ".join(f"{name} {version}" for name, version in machine.libraries.items())
    return (
        f"{machine.cpu}, {machine.cores} cores, {machine.memory_gib} GiB, {machine.system}, {machine.python}; "
        f"{libraries}; commit {machine.commit}; {machine.measured_at:%Y-%m-%d %H:%M} UTC; "
        f"load average before: {machine.load_before}"
    )


def describe_conditions(report: Report) -> str:
    """One line: the agent and the vendors, or the question set."""
    if isinstance(report, RetrievalReport):
        return describe_question_set(report)
    if report.command == "stock":
        agent = "pipecat's stock bot"
    else:
        agent = f"Agent with {report.chunks} chunks of documents" if report.chunks else "Agent without documents"
    delays = report.delays
    if delays is None:
        return f"{agent}; vendors of the server's own."
    return (
        f"{agent}; simulated vendors: final transcript {delays.stt_final_ms} ms, first token "
        f"{delays.llm_first_token_ms} ms and {delays.llm_tokens_per_second} tokens/s, first audio "
        f"{delays.tts_first_byte_ms} ms (floor {delays.floor_ms} ms)."
    )


def _comparison(reports: list[Report]) -> list[str]:
    """The product beside the stock bot, where both were measured."""
    by_command = {report.command: report for report in reports if isinstance(report, LatencyReport)}
    if "latency" not in by_command or "stock" not in by_command:
        return []
    table = comparison_table(by_command["latency"], by_command["stock"])
    return ["### Beside pipecat's stock bot", table.for_page()] if table.rows else []


def _report(report: Report, folder: str) -> str:
    name = report.command
    parts = [
        f"### `bench {name}`",
        f"{describe_conditions(report)}\n{describe_machine(report.machine)}.",
        *(table.for_page() for table in tables_of(report)),
        f"![Plot of {name}]({folder}/{name}.png)",
        f"Data: [{name}.json]({folder}/{name}.json)",
    ]
    return "\n\n".join(parts)
