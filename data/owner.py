"""The name of a process on what it owns: the conversations it runs, the turns it keeps on the disk."""

import os
import secrets
import socket


def process_owner() -> str:
    """A new name for this start of this process: `host:pid:random`.

    Host and process id alone come again: in a container every start has the same, and the new process would keep
    the calls of the one that was killed alive.
    """
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
