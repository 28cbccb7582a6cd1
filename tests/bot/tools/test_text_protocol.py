"""Tool calls as text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat_model import ChatMessage, ChatRole, ToolCallRequest, ToolSchema
from bot.tools.text_protocol import as_text, call_as_text, text_instructions
from bot.tools.tool_text import LONGEST_CALL, ToolTextParser


def _parse(*pieces: str) -> tuple[str, list[ToolCallRequest]]:
    parser = ToolTextParser()
    parsed = [*(parser.feed(piece) for piece in pieces), parser.flush()]
    return "".join(part.text for part in parsed), [call for part in parsed for call in part.tool_calls]


def _call(name: str, **arguments: str) -> ToolCallRequest:
    return ToolCallRequest(name, dict(arguments))


@pytest.mark.parametrize(
    ("text", "speech", "calls"),
    [
        ("Hello.", "Hello.", []),
        ("Bye. [TOOL: end_call]", "Bye. ", [_call("end_call")]),
        ('[TOOL: book {"day": "Tue"}] ok', " ok", [_call("book", day="Tue")]),
        ('[CONFIRM_TOOL: book {"day": "Tue"}]', "", [_call("book", day="Tue")]),
        ('[ tool : book, {"day": "]}\\""} ]', "", [_call("book", day=']}"')]),
        ("[TOOL: a][TOOL: b]", "", [_call("a"), _call("b")]),
        ("[TOOL: end_call", "", [_call("end_call")]),
        ("[TOOL: book {broken]", "", [_call("book")]),
        ("[TOOL: ] x", " x", []),
        ('{"name": "book", "parameters": {"day": "Tue"}}', "", [_call("book", day="Tue")]),
        ('Ok {"tool": "book", "arguments": {}} now', "Ok  now", [_call("book")]),
        (
            '{"type": "function", "function": {"name": "a", "arguments": "{\\"x\\": \\"1\\"}"}}',
            "",
            [_call("a", x="1")],
        ),
        ('[{"name": "a", "parameters": {}}, {"name": "b", "arguments": {}}]', "", [_call("a"), _call("b")]),
        ('<tool_call>\n{"name": "a", "arguments": {}}\n</tool_call>', "\n\n", [_call("a")]),
        ('<|python_tag|>{"name": "a", "parameters": {}}', "", [_call("a")]),
        ('{"name": "a", "param', "", []),
        ("a [note] {x} <b> c", "a [note] {x} <b> c", []),
        ('{"price": 5}', '{"price": 5}', []),
        ("[1, 2] and [", "[1, 2] and [", []),
        ("[TOO", "[TOO", []),
        ("{", "{", []),
        ("2 < 3", "2 < 3", []),
    ],
)
def test_parses(text: str, speech: str, calls: list[ToolCallRequest]) -> None:
    assert _parse(text) == (speech, calls)
    assert _parse(*text) == (speech, calls)


_PIECES = st.sampled_from(
    ["[", "]", "{", "}", '"', "\\", ":", ",", "<", ">", " ", "TOOL", "[TOOL:", "[CONFIRM_TOOL: ", "name", '"name"',
     "a", '{"name": "a", "parameters": {}}', "[TOOL: end_call]", '[TOOL: book {"x": "]"}]', "<tool_call>",
     "hello "]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=25).map("".join), st.data())
def test_any_split_gives_the_same(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert _parse(*pieces) == _parse(text)


@given(st.text(alphabet=st.characters(exclude_characters="[{<"), max_size=100))
def test_speech_is_untouched_and_never_held(text: str) -> None:
    assert ToolTextParser().feed(text).text == text


@given(st.text(alphabet="ab [](){}<>\"',.:!?\n", max_size=100))
def test_text_that_only_looks_odd_is_not_lost(text: str) -> None:
    assert _parse(text) == (text, [])


_JSON = st.dictionaries(st.text(max_size=8), st.text(max_size=20) | st.integers() | st.booleans(), max_size=4)


@given(st.from_regex(r"[a-z_]{1,20}", fullmatch=True), _JSON)
def test_what_is_written_is_read(name: str, arguments: dict[str, str | int | bool]) -> None:
    call = ToolCallRequest(name, dict(arguments))
    assert _parse(f"Ok. {call_as_text(call)} Then.") == ("Ok.  Then.", [call])
    native = json.dumps({"name": name, "parameters": arguments})
    assert _parse(f"Ok. {native} Then.") == ("Ok.  Then.", [call])


def test_an_endless_call_is_given_up() -> None:
    endless = '[TOOL: book {"notes": "' + "x" * (2 * LONGEST_CALL)
    for pieces in ((endless,), tuple(endless[start : start + 50] for start in range(0, len(endless), 50))):
        speech, calls = _parse(*pieces)
        assert calls == [_call("book")]
        assert set(speech) <= {"x"}


def test_instructions_name_every_tool() -> None:
    schema = ToolSchema("book", "Books.", {"type": "object", "properties": {"day": {"type": "string"}}})
    text = text_instructions([schema])
    assert '- book: Books. Arguments: {"type": "object"' in text
    assert text_instructions([]) == ""


def test_messages_as_text() -> None:
    message = ChatMessage(ChatRole.ASSISTANT, "", (_call("a"), _call("b", x="ü")))
    assert as_text(message).content == '[TOOL: a {}]\n[TOOL: b {"x": "ü"}]'
    assert as_text(ChatMessage(ChatRole.USER, "hi")) == ChatMessage(ChatRole.USER, "hi")
