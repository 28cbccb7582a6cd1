"""Looks at what a server process holds: memory, tasks, sockets, files."""

from pathlib import Path

import psutil

from bench.limits.soak_report import Holdings
from bench.process_usage import ProcessUsage
from bench.server_metrics import read_metrics
from config.errors import ConfigurationError

_FORGOTTEN = (psutil.CONN_LISTEN, psutil.CONN_TIME_WAIT)


async def look_at(server_url: str, api_key: str, pid: int) -> Holdings:
    """Look now, while nobody calls.

    Raises:
        ConfigurationError: The process is not there, or not ours to look at.
        httpx.HTTPError: The server does not answer.
    """
    tasks = (await read_metrics(server_url, api_key)).value("phone_agent_event_loop_tasks")
    try:
        root = psutil.Process(pid)
        processes = [root, *root.children(recursive=True)]
        connections = [each for process in processes for each in process.net_connections(kind="inet")]
        return Holdings(
            rss_mib=round(ProcessUsage(pid).rss_mib(), 1),
            tasks=round(tasks) if tasks is not None else None,
            sockets=sum(each.status not in _FORGOTTEN for each in connections),
            open_files=sum(len(process.open_files()) for process in processes),
            descriptors=sum(process.num_fds() for process in processes),
            threads=sum(process.num_threads() for process in processes),
            files=_count_files(Path(root.cwd()) / "var"),
        )
    except psutil.Error as error:
        raise ConfigurationError(f"Process {pid} cannot be looked at: {error}.") from error


def _count_files(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*")) if folder.is_dir() else 0
