"""Files of lines: whole, damaged, torn, and on a disk that refuses."""

import os
from pathlib import Path

import pytest

from data.journal.lines import append_lines, read_lines


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a"
    size = append_lines(path, [b"one", b"two"]) + append_lines(path, [b"three"])
    assert size == path.stat().st_size
    assert read_lines(path) == (b"one", b"two", b"three")
    assert path.stat().st_mode & 0o077 == 0, "nobody else's eyes"


def test_a_damaged_line_costs_itself_and_a_torn_one_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a"
    append_lines(path, [b"one", b"two", b"three"])
    data = path.read_bytes().replace(b"two", b"twO")
    path.write_bytes(data[:-2])
    assert read_lines(path) == (b"one", None)


def test_a_write_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    append_lines(path, [b"one"])
    whole_write = os.write

    def half_then_full(handle: int, data: bytes) -> int:
        if len(data) < 10:
            raise OSError(28, "No space left on device")
        return whole_write(handle, bytes(data)[: len(data) - 9])

    monkeypatch.setattr(os, "write", half_then_full)
    with pytest.raises(OSError, match="No space"):
        append_lines(path, [b"two" * 10])
    monkeypatch.undo()
    append_lines(path, [b"three"])
    assert read_lines(path) == (b"one", b"three")
