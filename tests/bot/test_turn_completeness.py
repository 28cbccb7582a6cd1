"""How whole a turn sounds, held against texts as recognisers write them."""

from collections import Counter
from pathlib import Path

import pytest

from bot.turn_completeness import Completeness, completeness_of

_LINES = Path(__file__).with_name("turn_texts.txt").read_text().splitlines()
TEXTS = [tuple(part.strip() for part in line.split("|")) for line in _LINES if line and not line.startswith("#")]


@pytest.mark.parametrize(("wanted", "text"), TEXTS)
def test_the_words_tell_how_whole_a_turn_is(wanted: str, text: str) -> None:
    assert completeness_of(text) == wanted


def test_there_is_something_of_every_kind_to_judge() -> None:
    counts = Counter(wanted for wanted, _ in TEXTS)
    assert set(counts) == {kind.value for kind in Completeness}
    assert len(TEXTS) >= 80
    assert len({text for _, text in TEXTS}) == len(TEXTS)


def test_nothing_said_is_neither_whole_nor_unfinished() -> None:
    assert completeness_of("") is completeness_of(" … ") is Completeness.OPEN
