"""Which machine, software and commit a figure comes from: without them it says nothing."""

import platform
import shutil
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil
from pydantic import BaseModel, ConfigDict

from bench.process_usage import MEBIBYTE

_LIBRARIES = ("pipecat-ai", "fastapi", "uvicorn", "uvloop", "websockets", "onnxruntime", "torch", "chromadb")
_GIT_SECONDS = 10


class Machine(BaseModel):
    """Where and when.

    Attributes:
        cores: That this process may use.
        load_before: Load average of the last minute when the measurement began: above 0.5 others were at work.
        commit: Of the checkout, with `+` if files were changed since; "none" without one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cpu: str
    cores: int
    memory_gib: float
    system: str
    python: str
    libraries: dict[str, str]
    measured_at: datetime
    load_before: float
    commit: str


def this_machine(repository: Path) -> Machine:
    """Look around; blocking for some milliseconds."""
    return Machine(
        cpu=_cpu_model(),
        cores=_usable_cores(),
        memory_gib=round(psutil.virtual_memory().total / MEBIBYTE / 1024, 1),
        system=f"{platform.system()} {platform.release()}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
        libraries={name: version(name) for name in _LIBRARIES},
        measured_at=datetime.now(UTC).replace(microsecond=0),
        load_before=round(psutil.getloadavg()[0], 2),
        commit=_commit(repository),
    )


def _usable_cores() -> int:
    affinity = getattr(psutil.Process(), "cpu_affinity", None)  # not on every system
    return len(affinity()) if affinity is not None else psutil.cpu_count() or 1


def _cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _commit(repository: Path) -> str:
    head = _git(repository, "rev-parse", "--short=12", "HEAD")
    if not head:
        return "none"
    return head + ("+" if _git(repository, "status", "--porcelain") else "")


def _git(repository: Path, *arguments: str) -> str:
    program = shutil.which("git")
    if program is None:
        return ""
    command = [program, "-C", str(repository), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_GIT_SECONDS, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""
