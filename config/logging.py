"""Sets up the process's one log: readable lines on stderr, JSON lines in a rotated file.

Both are masked as a whole line, after formatting, so that neither a message, nor a bound value, nor an
exception's text can carry a telephone number or a secret past it. Standard-library logging (uvicorn,
SQLAlchemy, Chroma) is led into the same log.
"""

import json
import logging
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from loguru import logger

from config.masking import Masker, mask_phone

if TYPE_CHECKING:
    from loguru import Record

__all__ = ["configure_logging", "mask_phone"]

_NOISY = (
    "aiosqlite",
    "alembic",
    "chromadb",
    "httpcore",
    "httpx",
    "pipecat",
    "sentence_transformers",
    "sqlalchemy",
    "urllib3",
    "uvicorn.access",
    "websockets",
)
_CONTEXT = ("call", "agent", "workspace")
_ROTATE_AT = "20 MB"
_KEPT_FILES = 10
_HUMAN = (
    "<dim>{time:HH:mm:ss.SSS}</dim> <level>{level: <7}</level> <cyan>{name}</cyan>  <level>{masked_text}</level>\n"
)


def configure_logging(
    level: str,
    log_file: Path | None,
    *,
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Replace all logging of this process; may be called again.

    Args:
        level: Least severe level that is written, such as `INFO`.
        log_file: Where JSON lines go, one object a line, rotated at 20 MB with ten files kept; None writes
            no file. They are written by a thread of their own, so that a slow disk does not hold up the
            event loop. Its folder is created.
        secrets: Values that must never be written (`Settings.secret_values()`).
        stream: Where readable lines go; stderr unless a test wants them. Coloured on a terminal.
    """
    masker = Masker(secrets)
    target = sys.stderr if stream is None else stream
    logger.remove()
    logger.add(
        target,
        level=level,
        format=_human_format(masker),
        filter=_is_wanted,
        colorize=target.isatty(),
        backtrace=False,
        diagnose=False,
    )
    if log_file is not None:
        log_file.parent.mkdir(parents=True, exist_ok=True)
        logger.add(
            log_file,
            level=level,
            format=_json_format(masker),
            filter=_is_wanted,
            rotation=_ROTATE_AT,
            retention=_KEPT_FILES,
            encoding="utf-8",
            enqueue=True,
            backtrace=False,
            diagnose=False,
        )
    logging.basicConfig(handlers=[_IntoLoguru()], level=logging.getLevelName(logger.level(level).name), force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        # A uvicorn that was started before may have given its loggers handlers and levels of their own.
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
        logging.getLogger(name).setLevel(logging.NOTSET)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


class _IntoLoguru(logging.Handler):
    """Hands standard-library records to loguru, with their own place in the code."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            level: str | int = logger.level(record.levelname).name
        except ValueError:
            level = record.levelno
        logger.patch(_placed_at(record)).opt(exception=record.exc_info).log(level, "{}", record.getMessage())


def _placed_at(source: logging.LogRecord) -> Callable[["Record"], None]:
    def patch(record: "Record") -> None:
        record["name"] = source.name
        record["function"] = source.funcName
        record["line"] = source.lineno

    return patch


def _is_wanted(record: "Record") -> bool:
    # Pipecat logs with loguru itself, so the levels of standard logging do not reach it.
    return record["level"].no >= logging.WARNING or not (record["name"] or "").startswith("pipecat")


def _human_format(masker: Masker) -> Callable[["Record"], str]:
    def format_record(record: "Record") -> str:
        extra = record["extra"]
        ordered = [name for name in _CONTEXT if name in extra]
        ordered += [name for name in extra if name not in _CONTEXT]
        text = " ".join([record["message"], *(f"{name}={extra[name]}" for name in ordered)])
        record["masked_text"] = masker(text + _exception_text(record))  # type: ignore[typeddict-unknown-key]
        return _HUMAN

    return format_record


def _json_format(masker: Masker) -> Callable[["Record"], str]:
    def format_record(record: "Record") -> str:
        line: dict[str, object] = {
            "time": record["time"].isoformat(),
            "level": record["level"].name,
            "logger": record["name"],
            "message": masker(record["message"]),
            # Masked before they are encoded too: a secret with a quote in it looks different afterwards.
            **{
                name: masker(value) if isinstance(value, str) else value
                for name, value in record["extra"].items()
                if name not in _RESERVED
            },
        }
        if record["exception"] is not None:
            line["exception"] = masker(_exception_text(record).strip())
        text = json.dumps(line, ensure_ascii=False, default=str)
        record["masked_json"] = masker(text)  # type: ignore[typeddict-unknown-key]
        return "{masked_json}\n"

    return format_record


_RESERVED = frozenset({"time", "level", "logger", "message", "exception"})


def _exception_text(record: "Record") -> str:
    exception = record["exception"]
    if exception is None or exception.value is None:
        return ""
    return "\n" + "".join(traceback.format_exception(exception.value)).rstrip()
