"""Rules of the house that no linter knows: the lock, the size of modules, who reads the environment."""

import ast
import re
import statistics
import subprocess
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("api", "bench", "bot", "cli", "config", "data", "processors", "scripts", "simulator")
MODULES = sorted(
    [file for package in PACKAGES for file in (ROOT / package).rglob("*.py")] + [ROOT / "run_bot.py"],
)
LOCKS = (ROOT / "requirements.lock", ROOT / "requirements-dev.lock")
DEBIAN_PYTHON = "3.11.2"
"""Debian 12's."""
LONGEST_MODULE = 400
MEDIAN_MODULE = 120

_PIN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*==\d[0-9a-z.]*")
_ENVIRONMENT_READERS = {
    # A child process is given the environment, less our settings: nothing is looked up in it.
    "cli/environment.py",
    "bench/child_process.py",
}
_MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|root|work|Users)/\w|[A-Z]:\\\\Users")
_REGISTRY_HOSTS = tuple(".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "com")))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _pins(lock: Path) -> dict[str, str]:
    lines = [line for line in lock.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return dict(line.split("==", maxsplit=1) for line in lines)


def _project() -> dict[str, object]:
    project: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project


def _missing(requirements: list[str], pins: dict[str, str]) -> list[str]:
    """Requirements that the pins do not meet; extras of the project itself are looked at on their own."""
    wanted = [Requirement(line) for line in requirements if not line.startswith("ai-sdr")]
    return [
        str(requirement)
        for requirement in wanted
        if (requirement.marker is None or requirement.marker.evaluate())
        and not requirement.specifier.contains(pins.get(canonicalize_name(requirement.name), "0.dev0"))
    ]


def _tracked_texts() -> list[Path]:
    """Every text file that is, or would be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [file for file in files if file.is_file() and b"\0" not in file.read_bytes()[:4096]]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_the_lock_is_exact_pins_and_nothing_else(lock: Path) -> None:
    first, *lines = lock.read_text(encoding="utf-8").splitlines()
    assert first.startswith("#")
    assert [line for line in lines if not _PIN.fullmatch(line)] == []
    names = [line.partition("==")[0] for line in lines]
    assert names == sorted(set(names))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_the_lock_names_no_index_host_or_file(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert not re.search(r"://|@|--|\.whl|\.tar|index|find-links|sha256|\+", text)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_the_lock_installs_on_the_oldest_python_that_is_promised(lock: Path) -> None:
    """Soupsieve 3 wanted 3.11.5, and on a fresh Debian 12 nothing could be installed."""
    too_new = {
        name: wanted
        for name, pin in _pins(lock).items()
        if (wanted := _python_wanted(name, pin)) and not SpecifierSet(wanted).contains(DEBIAN_PYTHON)
    }
    assert too_new == {}


def _python_wanted(name: str, pin: str) -> str:
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return ""
    (wanted,) = found.metadata.get_all("Requires-Python") or [""]
    return str(wanted) if found.version.split("+")[0] == pin else ""


def test_the_lock_holds_every_requirement() -> None:
    project = _project()
    runtime, extras = project["dependencies"], project["optional-dependencies"]
    assert isinstance(runtime, list)
    assert isinstance(extras, dict)
    base, development = (_pins(lock) for lock in LOCKS)
    assert _missing(runtime, base) == []
    assert _missing([line for lines in extras.values() for line in lines], base | development) == []
    assert base.keys().isdisjoint(development)


def test_the_runtime_brings_no_gpl_voice() -> None:
    assert "espeakng-loader" not in _pins(LOCKS[0])


@pytest.mark.parametrize("module", MODULES, ids=_name)
def test_every_module_says_why_it_exists(module: Path) -> None:
    assert ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))), "give it a docstring"


def test_modules_are_small() -> None:
    lengths = {_name(module): len(module.read_text(encoding="utf-8").splitlines()) for module in MODULES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}
    assert statistics.median(lengths.values()) <= MEDIAN_MODULE


def test_only_config_reads_the_environment() -> None:
    readers = {
        _name(module)
        for module in MODULES
        if re.search(r"\b(?:environ|environb|getenv|getenvb)\b", _code_of(module))
    }
    assert {name for name in readers if not name.startswith("config/")} <= _ENVIRONMENT_READERS


def test_nothing_is_left_undone() -> None:
    marks = re.compile(r"\b(?:TODO|FIXME|XXX)\b|raise NotImplementedError")
    offenders = [_name(module) for module in MODULES if marks.search(module.read_text(encoding="utf-8"))]
    assert offenders == []


def test_no_file_knows_this_machine_or_a_package_registry() -> None:
    offenders = {}
    for file in _tracked_texts():
        text = file.read_text(encoding="utf-8", errors="replace")
        found = _MACHINE_PATH.findall(text) + [host for host in _REGISTRY_HOSTS if host in text]
        if found:
            offenders[_name(file)] = found
    assert offenders == {}


def test_every_test_folder_is_a_package() -> None:
    folders = {file.parent for file in (ROOT / "tests").rglob("test_*.py")}
    assert [_name(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def _code_of(module: Path) -> str:
    """The names that a module uses, without comments and strings."""
    names = []
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
        elif isinstance(node, ast.Name):
            names.append(node.id)
        elif isinstance(node, ast.ImportFrom):
            names += [alias.name for alias in node.names]
    return " ".join(names)
