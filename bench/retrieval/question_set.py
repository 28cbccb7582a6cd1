"""The questions that retrieval is measured and calibrated with, and the documents that answer them.

Every business is invented and belongs wholly to one part, so that no fact, name or phrase of the fit part is seen
again in the test part. What answers a question is named by words that a chunk has to hold, not by a chunk's
number: the set survives another way of chunking.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from config.errors import InvalidInputError

QUESTIONS = Path(__file__).parent / "questions"
_DOCUMENT_SUFFIXES = (".md", ".txt")


class Part(StrEnum):
    """What a business is used for: finding weights, or judging them."""

    FIT = "fit"
    TEST = "test"


class QuestionKind(StrEnum):
    """What makes a question hard."""

    DIRECT = "direct"
    PARAPHRASE = "paraphrase"
    NUMBER = "number"
    CODE = "code"
    NOISE = "noise"
    """As speech-to-text writes what a hesitating caller says."""
    FOLLOW_UP = "follow_up"
    """Cannot be understood without the question before it."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a caller.

    Attributes:
        text: The caller's words.
        kind: What makes it hard.
        previous: What the caller said before, for a follow-up.
        holds: Words that a chunk has to hold, all of them, to answer it; empty if no document does.
    """

    text: str
    kind: QuestionKind
    previous: str | None
    holds: tuple[str, ...]

    @property
    def is_answerable(self) -> bool:
        """Whether the documents hold the answer."""
        return bool(self.holds)

    def is_answered_by(self, text: str) -> bool:
        """Whether a chunk answers it."""
        folded = text.casefold()
        return self.is_answerable and all(words.casefold() in folded for words in self.holds)


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a business: its file's name and its text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Business:
    """An invented business: one agent's documents, and what its callers ask."""

    key: str
    name: str
    part: Part
    documents: tuple[Document, ...]
    questions: tuple[Question, ...]


_Asked = dict[str, str | list[str]]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    part: Part
    business: str
    answerable: list[_Asked]
    unanswerable: list[_Asked]


def load_businesses(folder: Path = QUESTIONS) -> tuple[Business, ...]:
    """Every business of a folder, by name; blocking.

    Raises:
        InvalidInputError: A file of it cannot be read.
    """
    return tuple(_business(path) for path in sorted(folder.iterdir()) if (path / "questions.yaml").is_file())


def _business(folder: Path) -> Business:
    path = folder / "questions.yaml"
    try:
        content = _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        questions = tuple(
            question for asked in (*content.answerable, *content.unanswerable) for question in _questions(asked)
        )
    except (yaml.YAMLError, ValidationError, ValueError) as error:
        raise InvalidInputError(f"{path} is no file of questions: {error}") from error
    documents = tuple(
        Document(file.stem.replace("_", " "), file.read_text(encoding="utf-8"))
        for file in sorted((folder / "documents").iterdir())
        if file.suffix in _DOCUMENT_SUFFIXES
    )
    return Business(folder.name, content.business, content.part, documents, questions)


def _questions(asked: _Asked) -> Iterator[Question]:
    holds = tuple(asked.get("holds", ()))
    for name, words in asked.items():
        if name == "holds":
            continue
        previous, text = (None, words) if isinstance(words, str) else words
        yield Question(text, QuestionKind(name), previous, holds)
