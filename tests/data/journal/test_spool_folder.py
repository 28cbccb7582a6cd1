"""Who has which spool: the living keep theirs, the dead's go to exactly one."""

import subprocess
import sys
from pathlib import Path

from data.crypto import NoEncryption
from data.journal.spool_folder import SpoolFolder
from tests.data.journal.values import spool_folder, turn_over

_ROOT = Path(__file__).parents[3]
_WRITE_AND_WAIT = """
import sys
from pathlib import Path
from tests.data.journal.values import spool_folder, turn_over
spool = spool_folder(Path(sys.argv[1])).create("host:1")
spool.append([turn_over(0)])
print("written", flush=True)
sys.stdin.read()
"""


def test_the_spool_of_a_living_process_is_its_own_until_it_is_killed(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITE_AND_WAIT, str(tmp_path)],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"written\n"
    assert list(spool_folder(tmp_path).abandoned()) == []
    process.kill()
    process.wait(10)
    [spool] = spool_folder(tmp_path).abandoned()
    assert list(spool_folder(tmp_path).abandoned()) == [], "the first who asks has it"
    assert spool.read(5) == (turn_over(0),)
    spool.close()
    [again] = spool_folder(tmp_path).abandoned()
    assert again.depth == 1, "whoever lets go of it unfinished leaves it to the next"
    process.stdin.close()  # type: ignore[union-attr]
    process.stdout.close()


def test_two_spools_of_one_name(tmp_path: Path) -> None:
    folder = spool_folder(tmp_path)
    first, second = folder.create("host:1/ü"), folder.create("host:1/ü")
    first.append([turn_over(0)])
    assert second.is_empty
    assert list(folder.abandoned()) == []


def test_databases_are_kept_apart(tmp_path: Path) -> None:
    spool = spool_folder(tmp_path).create("host:1")
    spool.append([turn_over(0)])
    spool.close()
    other = SpoolFolder(tmp_path, "another database", NoEncryption())
    assert list(other.abandoned()) == []
    assert len(other.foreign()) == 1
    assert spool_folder(tmp_path).foreign() == ()


def test_nothing_is_made_before_it_is_needed(tmp_path: Path) -> None:
    folder = spool_folder(tmp_path / "spool")
    assert list(folder.abandoned()) == []
    assert folder.foreign() == ()
    assert not (tmp_path / "spool").exists()
