"""What a call may leave behind in this process: nothing."""

import asyncio
import os
from dataclasses import dataclass

import psutil

SETTLE_SECONDS = 4.0
_OF_THE_PROCESS = ("-wal", "-shm", ".db", ".spool", "/lock")
"""The database and its spool: on a busy machine any commit may be late enough for the disk."""
SPARE_DESCRIPTORS = 2
"""The loop's own; what is pooled for the next call (HTTP, the database) is not counted."""


@dataclass(frozen=True)
class Traces:
    """What the process holds at one moment."""

    tasks: frozenset["asyncio.Task[object]"]
    files: frozenset[str]
    descriptors: int
    sockets: int

    @classmethod
    def take(cls, websocket_port: int) -> "Traces":
        """Look now.

        Args:
            websocket_port: Connections there are WebSockets of calls, which nothing pools.
        """
        process = psutil.Process(os.getpid())
        connections = process.net_connections(kind="tcp")
        sockets = [
            connection
            for connection in connections
            if connection.status not in (psutil.CONN_LISTEN, psutil.CONN_TIME_WAIT)
            and websocket_port in (getattr(connection.raddr, "port", 0), connection.laddr.port)
        ]
        files = [file.path for file in process.open_files()]
        others = process.num_fds() - len(connections) - len(files)
        return cls(frozenset(asyncio.all_tasks()), frozenset(files), others, len(sockets))


async def leftovers(before: Traces, websocket_port: int) -> list[str]:
    """What is there now and was not before, once things have had a moment to end."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + SETTLE_SECONDS
    while True:
        found = _compare(before, Traces.take(websocket_port))
        if not found or loop.time() > deadline:
            return found
        await asyncio.sleep(0.02)


def _compare(before: Traces, now: Traces) -> list[str]:
    current = asyncio.current_task()
    found = [f"task {task.get_name()}" for task in now.tasks - before.tasks if task is not current]
    found += [f"file {path}" for path in now.files - before.files if not path.endswith(_OF_THE_PROCESS)]
    if now.sockets:
        found.append(f"{now.sockets} WebSockets to the speech vendor")
    if now.descriptors > before.descriptors + SPARE_DESCRIPTORS:
        found.append(f"{now.descriptors - before.descriptors} descriptors")
    return found
