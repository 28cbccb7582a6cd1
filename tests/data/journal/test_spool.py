"""The disk queue: order, files that go away, the bound, and what lies there."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from data.crypto import make_cipher
from data.journal import spool as spool_module
from data.journal.entries import JournalEntry
from data.journal.spool import Spool, SpoolFullError
from tests.data.journal.values import SECRET_WORDS, a_call, files, spool_folder, turn_over


def drain(spool: Spool, most: int = 3) -> list[JournalEntry]:
    found: list[JournalEntry] = []
    while batch := spool.read(most):
        assert spool.read(most) == batch, "reading takes nothing away"
        spool.remove(len(batch))
        found += batch
    return found


def test_first_in_first_out_over_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_module, "SEGMENT_BYTES", 400)
    spool = spool_folder(tmp_path).create("host:1")
    entries = [turn_over(position) for position in range(20)]
    spool.append(entries[:1])
    for position in range(1, 10):
        spool.append([entries[position]])
    first = spool.read(2)
    spool.append(entries[10:])
    assert spool.depth == 20
    spool.remove(2)
    assert spool.depth == 18
    assert len(files(tmp_path)) > 3
    assert [*first, *drain(spool)] == entries
    assert (spool.depth, spool.size, spool.is_empty) == (0, 0, True)
    spool.close()
    assert files(tmp_path) == []


def test_entries_may_be_removed_that_were_never_read(tmp_path: Path) -> None:
    spool = spool_folder(tmp_path).create("host:1")
    spool.append([turn_over(0), turn_over(1)])
    spool.remove(1)
    assert drain(spool) == [turn_over(1)]


def test_it_has_a_bound(tmp_path: Path) -> None:
    spool = spool_folder(tmp_path, most_bytes=500).create("host:1")
    spool.append([turn_over(0)])
    with pytest.raises(SpoolFullError):
        spool.append([turn_over(1), turn_over(2), turn_over(3)])
    assert drain(spool) == [turn_over(0)]
    spool.append([turn_over(1)])
    assert drain(spool) == [turn_over(1)]


def test_a_disk_that_refuses_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = spool_folder(tmp_path).create("host:1")

    def refuse(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(spool_module, "append_lines", refuse)
    with pytest.raises(OSError, match="No space"):
        spool.append([turn_over(0)])
    assert spool.is_empty
    monkeypatch.undo()
    spool.append([turn_over(1)])
    assert drain(spool) == [turn_over(1)]


def test_with_a_key_nothing_lies_there_in_clear(tmp_path: Path) -> None:
    key, old = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    spool = spool_folder(tmp_path, make_cipher([old])).create("host:1")
    spool.append(a_call())
    assert spool.refuse(turn_over(9))
    for file in files(tmp_path):
        assert SECRET_WORDS.encode() not in file.read_bytes()
        assert b"conv_1" not in file.read_bytes()
    spool.close()
    [adopted] = spool_folder(tmp_path, make_cipher([key, old])).abandoned()
    assert adopted.depth == len(a_call())
    assert drain(adopted) == a_call()


def test_what_cannot_be_read_again_is_set_aside_and_blocks_nothing(tmp_path: Path) -> None:
    folder = spool_folder(tmp_path, make_cipher([Fernet.generate_key().decode()]))
    spool = folder.create("host:1")
    spool.append([turn_over(0)])
    spool.close()
    [lost] = spool_folder(tmp_path, make_cipher([Fernet.generate_key().decode()])).abandoned()
    lost.append([turn_over(1)])
    assert drain(lost) == [turn_over(1)]
    assert lost.unreadable == 1
    [kept] = tmp_path.rglob("*.quarantine")
    assert SECRET_WORDS.encode() not in kept.read_bytes()
    lost.close()


def test_what_was_written_before_there_was_a_key_is_read_with_one(tmp_path: Path) -> None:
    spool = spool_folder(tmp_path).create("host:1")
    spool.append([turn_over(0)])
    spool.close()
    [adopted] = spool_folder(tmp_path, make_cipher([Fernet.generate_key().decode()])).abandoned()
    assert drain(adopted) == [turn_over(0)]
    assert adopted.unreadable == 0
