"""Writes the lock: every package that the product and its development need, pinned to what is installed.

`requirements.lock` holds the runtime, `requirements-dev.lock` what development, tests, simulator and bench need
besides. The installed environment is the resolver's answer, so this only walks it: `--upgrade` first asks pip for
the newest versions that `pyproject.toml` allows. No index, host or file address is ever written, and no local
version suffix: the lock must install from any registry.
"""

import argparse
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCKED = ("simulator", "bench", "dev")
"""Extras whose packages are pinned; `local` needs a library of the system, which a server need not have."""
HEADER = "# Written by `make lock` from pyproject.toml. Exact pins for Python 3.11 on Linux; install with pip.\n"


def closure(requirements: Iterable[str], project_extras: dict[str, list[str]]) -> dict[str, str]:
    """Name → version of everything that the requirements need, as installed.

    Args:
        requirements: PEP 508 lines.
        project_extras: The project's own optional dependencies, for `ai-sdr[extra]`.

    Raises:
        SystemExit: Something needed is not installed.
    """
    pins: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(Requirement(line), "") for line in requirements]
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        if name == "ai-sdr":
            for own in requirement.extras:
                waiting += [(Requirement(line), "") for line in project_extras[own]]
            continue
        try:
            found = distribution(name)
        except PackageNotFoundError:
            raise SystemExit(f"{name} is needed but not installed; run with --upgrade") from None
        pins[name] = found.version.split("+")[0]
        for wanted in ("", *requirement.extras):
            if (name, wanted) not in seen:
                seen.add((name, wanted))
                waiting += [(Requirement(line), wanted) for line in found.requires or ()]
    return pins


def main() -> None:
    """Resolve if asked to, then write both files."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--upgrade", action="store_true", help="install the newest allowed versions first")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras: dict[str, list[str]] = project["optional-dependencies"]
    runtime: list[str] = project["dependencies"]
    everything = [
        *runtime,
        *(line for name in LOCKED for line in extras[name] if not line.startswith("ai-sdr")),
    ]
    if arguments.parse_args().upgrade:
        subprocess.run([sys.executable, "-m", "pip", "install", "--upgrade", *everything], check=True)
    base = closure(runtime, extras)
    wanted = closure(extras["dev"], extras)
    write(ROOT / "requirements.lock", base)
    write(ROOT / "requirements-dev.lock", {name: pin for name, pin in wanted.items() if name not in base})


def write(path: Path, pins: dict[str, str]) -> None:
    """One sorted pin a line."""
    path.write_text(HEADER + "".join(f"{name}=={version}\n" for name, version in sorted(pins.items())))


if __name__ == "__main__":
    main()
