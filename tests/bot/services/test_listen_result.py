"""Deepgram's messages as small values."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.services.listen_result import ListenResult, parse_result
from tests.bot.services.raw_peer import results

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "channel", "alternatives", "transcript", "start"]), inner)
    ),
    max_leaves=12,
)


def test_a_result_is_read() -> None:
    parsed = parse_result(results(" hello there ", 1.5, 2.25, from_finalize=True))
    assert parsed == ListenResult("hello there", True, True, 0.9, 2.25)


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200), JSON.map(json.dumps)))
def test_nothing_malformed_raises(message: str | bytes) -> None:
    assert parse_result(message) is None or isinstance(parse_result(message), ListenResult)


@given(JSON, JSON)
def test_results_with_odd_contents_do_not_raise(channel: object, start: object) -> None:
    message = json.dumps({"type": "Results", "channel": channel, "start": start})
    parse_result(message)


def test_other_messages_are_none() -> None:
    assert parse_result('{"type": "Metadata"}') is None
    assert parse_result("[]") is None
    assert parse_result('{"type": "Results", "channel": {"alternatives": []}}') is None
