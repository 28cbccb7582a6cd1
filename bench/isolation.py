"""`python -m bench.isolation`: random requests in two workspaces of a running server; nothing may cross.

It starts the server as anybody would, on a database of its own, makes two workspaces, and uses both at once.
"""

import argparse
import asyncio
import secrets
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import httpx
from loguru import logger
from rich.console import Console
from rich.progress import Progress as ProgressBar
from rich.table import Table

from bench.child_process import child_process, free_port
from bench.isolation_calls import seed_calls
from bench.isolation_probe import IsolationProbe, IsolationReport
from bench.isolation_setting import two_tenants
from config.errors import PhoneAgentError
from data.database import Database

REPOSITORY = Path(__file__).resolve().parent.parent
DEFAULT_OUTPUT = Path("var/bench")
_DEADLINE_SECONDS = 30.0
_WIDTH = 120


def main(argv: Sequence[str]) -> int:
    """Run the probe and print what came of it.

    Args:
        argv: Without the program's name.

    Returns:
        0; 1 if something crossed; 2 if it could not be done.
    """
    parser = argparse.ArgumentParser(prog="bench.isolation", description=__doc__.partition("\n")[0])
    parser.add_argument("--requests", type=int, default=10_000, help="how many (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="which ones (default: %(default)s)")
    parser.add_argument("--database-url", metavar="URL", help="an empty database; default: a new SQLite file")
    parser.add_argument(
        "--output", type=Path, default=DEFAULT_OUTPUT, metavar="DIR", help="where JSON goes (default: %(default)s)"
    )
    namespace = parser.parse_args(argv)
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    console = Console()
    if not console.is_terminal:
        # Into a file or a pipe: no width to fit to.
        console = Console(width=_WIDTH)
    try:
        report = asyncio.run(_measure(namespace.requests, namespace.seed, namespace.database_url, console))
    except PhoneAgentError as error:
        sys.stderr.write(f"{error.message}\n")
        return 2
    file = _write(report, namespace.output)
    console.print(_table(report))
    for crossing in report.crossings:
        console.print(f"- {crossing}", markup=False)
    found = len(report.crossings) or "nothing"
    console.print(f"\n{report.requests} requests in {report.seconds:.0f} s: {found} crossed. Written: {file}")
    return 1 if report.crossings else 0


async def _measure(requests: int, seed: int, database_url: str | None, console: Console) -> IsolationReport:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="isolation-")))
        url = database_url or f"sqlite:///{folder / 'agents.db'}"
        port, owner_key = free_port(), secrets.token_hex(16)
        base_url = f"http://127.0.0.1:{port}"
        child = child_process(
            "server",
            [sys.executable, str(REPOSITORY / "run_bot.py"), "serve"],
            settings={**_settings(port, owner_key, url), "PYTHONPATH": str(REPOSITORY)},
            cwd=folder,
            log=folder / "server.log",
        )
        server = await stack.enter_async_context(child)
        await server.wait_ready(f"{base_url}/health/ready")
        database = Database(url)
        stack.push_async_callback(database.close)

        def client(key: str) -> httpx.AsyncClient:
            headers = {"xi-api-key": key}
            return httpx.AsyncClient(
                base_url=base_url, headers=headers, timeout=_DEADLINE_SECONDS, trust_env=False
            )

        bar = stack.enter_context(ProgressBar(console=console))
        task = bar.add_task("requests", total=requests)
        tenants = await stack.enter_async_context(two_tenants(client, owner_key, partial(seed_calls, database)))
        probe = IsolationProbe(tenants, seed, lambda done, _: bar.update(task, completed=done))
        return await probe.run(requests)


def _settings(port: int, owner_key: str, database_url: str) -> Mapping[str, str]:
    return {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "API_KEYS": owner_key,
        "DATABASE_URL": database_url,
        "DATA_FILE": str(REPOSITORY / "data" / "samples"),
        "TWILIO_VALIDATE_SIGNATURES": "false",
        "RATE_LIMIT_PER_MINUTE": "0",
        "DRAIN_SECONDS": "1",
    }


def _write(report: IsolationReport, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "isolation.json"
    file.write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return file


def _table(report: IsolationReport) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title, justify in (("operation", "left"), ("whose", "left"), ("requests", "right"), ("answers", "left")):
        table.add_column(title, justify="right" if justify == "right" else "left")
    for row in report.rows:
        answers = "  ".join(f"{status}: {count}" for status, count in row.statuses.items())
        table.add_row(row.operation, row.target.value, str(sum(row.statuses.values())), answers)
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
