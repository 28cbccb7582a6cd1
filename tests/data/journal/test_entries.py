"""Entries lie on the disk as they were."""

import pytest
from pydantic import ValidationError

from data.journal.entries import from_json, to_json
from tests.data.journal.values import a_call


def test_there_and_back() -> None:
    for entry in a_call():
        line = to_json(entry)
        assert b"\n" not in line
        assert from_json(line) == entry


@pytest.mark.parametrize("line", [b"", b"{}", b'{"kind":"turn_over","conversation_id":"c"}', b'{"kind":"x"}'])
def test_what_it_did_not_write(line: bytes) -> None:
    with pytest.raises(ValidationError):
        from_json(line)
