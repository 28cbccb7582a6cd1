"""Looks at what a server process holds: memory, tasks, sockets, files."""

import re
from pathlib import Path

import httpx
import psutil

from bench.limits.soak_report import Holdings
from bench.process_usage import ProcessUsage
from config.errors import ConfigurationError

_TASKS = re.compile(r"^phone_agent_event_loop_tasks (\S+)$", re.MULTILINE)
_METRICS_SECONDS = 5.0
_FORGOTTEN = (psutil.CONN_LISTEN, psutil.CONN_TIME_WAIT)


async def look_at(server_url: str, api_key: str, pid: int) -> Holdings:
    """Look now, while nobody calls.

    Raises:
        ConfigurationError: The process is not there, or not ours to look at.
        httpx.HTTPError: The server does not answer.
    """
    tasks = await _tasks(server_url, api_key)
    try:
        root = psutil.Process(pid)
        processes = [root, *root.children(recursive=True)]
        connections = [each for process in processes for each in process.net_connections(kind="inet")]
        return Holdings(
            rss_mib=round(ProcessUsage(pid).rss_mib(), 1),
            tasks=tasks,
            sockets=sum(each.status not in _FORGOTTEN for each in connections),
            open_files=sum(len(process.open_files()) for process in processes),
            descriptors=sum(process.num_fds() for process in processes),
            threads=sum(process.num_threads() for process in processes),
            files=_count_files(Path(root.cwd()) / "var"),
        )
    except psutil.Error as error:
        raise ConfigurationError(f"Process {pid} cannot be looked at: {error}.") from error


async def _tasks(server_url: str, api_key: str) -> int | None:
    async with httpx.AsyncClient(timeout=_METRICS_SECONDS, trust_env=False) as client:
        answer = await client.get(f"{server_url}/metrics", headers={"xi-api-key": api_key})
    found = _TASKS.search(answer.text) if answer.is_success else None
    return round(float(found[1])) if found is not None else None


def _count_files(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*")) if folder.is_dir() else 0
