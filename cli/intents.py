"""`intents`: the classifier over standard input, a line in, a line out.

Line by line, so that another program can keep it running beside itself; no server, no model and no network.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import TextIO

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.intents import IntentClassifier


class Turn(BaseModel):
    """One line of input: what the caller said, after what."""

    model_config = ConfigDict(strict=True)

    text: str
    context: str | None = None


def run_intents(source: TextIO = sys.stdin, target: TextIO = sys.stdout) -> int:
    """Classify every line; each answer is flushed at once.

    Args:
        source: JSON lines `{"text": …, "context": …}`; blank ones are passed over.
        target: Gets a line for each: `{"label": …, "score": …}`, or `{"error": …, "line": …}`.

    Returns:
        0; 1 if there was a line that could not be used.
    """
    failed = False
    for answer in classify_lines(source, IntentClassifier()):
        failed = failed or b'"error"' in answer[:9]
        target.write(answer.decode())
        target.write("\n")
        target.flush()
    return 1 if failed else 0


def classify_lines(lines: Iterable[str], classifier: IntentClassifier) -> Iterator[bytes]:
    """One JSON object for each line that is not blank, in order."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            turn = Turn.model_validate_json(line)
        except ValidationError as error:
            problem = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in problem["loc"])
            message = f"{where}: {problem['msg']}" if where else problem["msg"]
            yield orjson.dumps({"error": message, "line": number})
            continue
        intent = classifier.classify(turn.text, turn.context)
        yield orjson.dumps({"label": intent.label, "score": round(intent.score, 4)})
