"""`serve`: the production server, saying at its start what it has and what it lacks."""

import sys

import httpx
from loguru import logger

from api import server
from api.first_key import ensure_first_key, has_admin_key
from api.key_service import IssuedKey
from api.state import AppState
from cli.data_lock import exclusive_data
from cli.vendors import PROBE_SECONDS, VendorState, describe_vendors
from config.settings import Settings


def run_serve(settings: Settings, *, trusted_proxies: str | None) -> None:
    """Serve until SIGINT or SIGTERM.

    Args:
        settings: The server's, found servable; its log is set up.
        trusted_proxies: See `api.server.server_config`.

    Raises:
        ConfigurationError: It cannot start.
    """
    with exclusive_data(settings):
        server.run(settings, on_ready=_announce, trusted_proxies=trusted_proxies)
    # The file's lines are written by a thread of its own.
    logger.complete()


async def _announce(state: AppState) -> None:
    async with httpx.AsyncClient(timeout=PROBE_SECONDS, trust_env=False) as client:
        lines = await describe_vendors(state.settings, await state.health.check(), client)
    for line in lines:
        level = "INFO" if line.state in (VendorState.REAL, VendorState.SIMULATED) else "WARNING"
        logger.log(level, str(line))
    if not state.settings.twilio_validate_signatures:
        logger.warning("TWILIO_VALIDATE_SIGNATURES is off: anybody who reaches this server can place calls to it")
    issued = await ensure_first_key(state.settings, state.database)
    if issued is not None:
        show_first_key(issued)
    elif not await has_admin_key(state.settings, state.database):
        logger.warning("No API key can manage this server: make one with `run_bot.py keys create --scope admin`")


def show_first_key(issued: IssuedKey) -> None:
    """Print the key that this start has made: on the screen, this once, and never into a log."""
    sys.stderr.write(
        "\n  There was no API key, so one was made. It may do everything, and is shown this once:\n\n"
        f"    xi-api-key: {issued.secret}\n\n"
        "  `python run_bot.py keys --help` says how to make others and how to replace it.\n\n"
    )
    sys.stderr.flush()
