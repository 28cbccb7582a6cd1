"""The stand-in's part of the `simulator` command line."""

import argparse

from starlette.applications import Starlette

from simulator.ollama.app import create_app
from simulator.ollama.options import OllamaOptions

_DEFAULTS = OllamaOptions()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options that a person may want to turn."""
    parser.add_argument(
        "--parallel", type=int, default=_DEFAULTS.num_parallel, help="replies generated at once for one model"
    )
    parser.add_argument(
        "--max-queue", type=int, default=_DEFAULTS.max_queue, help="requests that may wait before 503 is answered"
    )
    parser.add_argument(
        "--load-seconds", type=float, default=_DEFAULTS.load_seconds, help="time to load a model on first use"
    )
    parser.add_argument(
        "--first-token-seconds", type=float, default=_DEFAULTS.first_token_seconds, help="delay of the first token"
    )
    parser.add_argument(
        "--tokens-per-second", type=float, default=_DEFAULTS.tokens_per_second, help="speed of one reply"
    )
    parser.add_argument(
        "--prompt-tokens-per-second",
        type=float,
        default=_DEFAULTS.prompt_tokens_per_second,
        help="speed of evaluating prompt tokens that are not cached; 0 costs no time",
    )
    parser.add_argument(
        "--num-ctx", type=int, default=_DEFAULTS.default_num_ctx, help="context window where a request names none"
    )


def build(namespace: argparse.Namespace) -> Starlette:
    """The app for parsed arguments."""
    return create_app(
        OllamaOptions(
            num_parallel=namespace.parallel,
            max_queue=namespace.max_queue,
            load_seconds=namespace.load_seconds,
            first_token_seconds=namespace.first_token_seconds,
            tokens_per_second=namespace.tokens_per_second,
            prompt_tokens_per_second=namespace.prompt_tokens_per_second,
            default_num_ctx=namespace.num_ctx,
        )
    )
