"""`run_bot.py intents`: a line in, a line out."""

import io
import json

from cli.intents import run_intents


def answers(text: str) -> tuple[int, list[dict[str, object]]]:
    target = io.StringIO()
    code = run_intents(io.StringIO(text), target)
    return code, [json.loads(line) for line in target.getvalue().splitlines()]


def test_each_line_is_answered_in_order() -> None:
    code, lines = answers(
        '{"text": "No, that\'s all.", "context": "Anything else?"}\n\n'
        '{"text": "How much is it?", "context": null}\n{"text": ""}\n'
    )
    assert code == 0
    assert [line["label"] for line in lines] == ["goodbye", "other", "other"]
    assert all(isinstance(line["score"], float) and 0 <= line["score"] <= 1 for line in lines)


def test_a_line_that_cannot_be_used_is_named_and_the_others_are_answered() -> None:
    code, lines = answers('nonsense\n{"text": 5}\n{"context": "Hi"}\n[]\n{"text": "error"}\n')
    assert code == 1
    assert [line.get("line") for line in lines] == [1, 2, 3, 4, None]
    assert all("error" in line for line in lines[:4])
    assert lines[4]["label"] == "other"


def test_nothing_in_is_nothing_out() -> None:
    assert answers("") == (0, [])
