"""What is written to the log, and what never is."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from loguru import logger

from config.logging import configure_logging

if TYPE_CHECKING:
    from loguru import Record


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logger.remove()
    root.handlers[:] = handlers
    root.setLevel(level)


def _lines(log_file: Path) -> list[dict[str, object]]:
    logger.complete()
    return [json.loads(line) for line in log_file.read_text(encoding="utf-8").splitlines()]


def test_a_line_on_the_screen_and_one_in_the_file(tmp_path: Path) -> None:
    screen, log_file = io.StringIO(), tmp_path / "logs" / "server.log"
    configure_logging("INFO", log_file, stream=screen)
    logger.debug("not this")
    logger.bind(agent="agent_1", call="CA1", turns=3).info("Call ended: {reason}", reason="goodbye")
    assert "Call ended: goodbye call=CA1 agent=agent_1 turns=3 reason=goodbye" in screen.getvalue()
    [line] = _lines(log_file)
    assert line["message"] == "Call ended: goodbye"
    assert line["level"] == "INFO"
    assert (line["call"], line["agent"], line["turns"]) == ("CA1", "agent_1", 3)
    assert "\x1b[" not in screen.getvalue()


def test_numbers_and_secrets_are_nowhere(tmp_path: Path) -> None:
    screen, log_file = io.StringIO(), tmp_path / "server.log"
    configure_logging("INFO", log_file, secrets=['hunter"22'], stream=screen)
    number = "+15551234567"
    logger.bind(call=number, key='hunter"22').info("From {} with {key} {{}}", number, key='hunter"22')
    logger.bind(nested={"number": number}).warning("nested")
    logging.getLogger("somebody").error("to %s with %s", number, 'hunter"22')

    def fail() -> None:
        raise ValueError(f'no {number} hunter"22')

    try:
        fail()
    except ValueError:
        logger.exception("It failed")
    _lines(log_file)
    for text in (screen.getvalue(), log_file.read_text(encoding="utf-8")):
        assert "5551234567" not in text
        assert "hunter" not in text
        assert text.count("+1•••••67") >= 5
        assert "ValueError: no +1•••••67 [redacted]" in text
        assert "{}" in text


def _as_pipecat(record: "Record") -> None:
    record["name"] = "pipecat.pipeline"


def test_the_standard_library_logs_here_with_its_own_names(tmp_path: Path) -> None:
    log_file = tmp_path / "server.log"
    configure_logging("INFO", log_file, stream=io.StringIO())
    logging.getLogger("uvicorn.error").info("Started {} <red>%s</red>", 7)
    logging.getLogger("uvicorn.access").info("GET /")
    logging.getLogger("chromadb.telemetry").info("noise")
    logging.getLogger("sqlalchemy.engine").warning("odd")
    logger.patch(_as_pipecat).info("noise")
    assert [(line["logger"], line["message"]) for line in _lines(log_file)] == [
        ("uvicorn.error", "Started {} <red>7</red>"),
        ("sqlalchemy.engine", "odd"),
    ]


def test_it_may_be_set_up_twice(tmp_path: Path) -> None:
    log_file = tmp_path / "server.log"
    for _ in range(2):
        configure_logging("INFO", log_file, stream=io.StringIO())
    logger.info("once")
    logging.getLogger("x").warning("also once")
    assert [line["message"] for line in _lines(log_file)] == ["once", "also once"]


def test_colours_on_a_terminal_only(tmp_path: Path) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    configure_logging("INFO", None, stream=screen)
    logger.info("hello <red>there</red>")
    assert "\x1b[" in screen.getvalue()
    assert "hello <red>there</red>" in screen.getvalue()
