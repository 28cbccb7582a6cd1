"""`python -m simulator deepgram`: the simulated Deepgram on its own."""

import argparse
from pathlib import Path

from starlette.applications import Starlette

from simulator.deepgram.app import create_app
from simulator.deepgram.options import DeepgramOptions

DEFAULT_PORT = 9200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this simulator."""
    default = DeepgramOptions()
    parser.set_defaults(port=DEFAULT_PORT)
    parser.add_argument(
        "--phrases", type=Path, metavar="FILE", help="utterances to recognise from the start, one a line (UTF-8)"
    )
    parser.add_argument(
        "--voice",
        action="append",
        metavar="VOICE",
        help="espeak-ng voice that says the phrases; may be repeated (default: en-us)",
    )
    for name, text in (
        ("stt_final_seconds", "end of speech, or Finalize, to the final transcript"),
        ("stt_interim_seconds", "audio to its interim transcript"),
        ("tts_first_byte_seconds", "Flush to the first audio"),
        ("tts_realtime_factor", "audio comes this many times faster than it plays"),
        ("jitter_seconds", "up to this much more for every latency"),
        ("idle_seconds", "a listen stream without audio or KeepAlive is closed after this"),
    ):
        parser.add_argument(
            "--" + name.replace("_", "-"),
            type=_not_negative,
            default=getattr(default, name),
            help=f"{text} (default: %(default)s)",
        )


def build(arguments: argparse.Namespace) -> Starlette:
    """The application that these arguments ask for."""
    phrases: tuple[str, ...] = ()
    if arguments.phrases is not None:
        lines = Path(arguments.phrases).read_text(encoding="utf-8").splitlines()
        phrases = tuple(line.strip() for line in lines if line.strip())
    return create_app(
        DeepgramOptions(
            stt_final_seconds=arguments.stt_final_seconds,
            stt_interim_seconds=arguments.stt_interim_seconds,
            tts_first_byte_seconds=arguments.tts_first_byte_seconds,
            tts_realtime_factor=max(arguments.tts_realtime_factor, 0.1),
            jitter_seconds=arguments.jitter_seconds,
            idle_seconds=arguments.idle_seconds,
            phrases=phrases,
            phrase_voices=tuple(arguments.voice or ("en-us",)),
        )
    )


def _not_negative(text: str) -> float:
    value = float(text)
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError("must not be negative")
    return value
