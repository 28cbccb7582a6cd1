import argparse
from pathlib import Path

import httpx
import pytest

from simulator.hosting import serve_app
from simulator.twilio.command import add_arguments, build
from simulator.twilio.errors import ScenarioError


def parse(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(arguments)


async def test_the_app_serves_the_account_of_the_command_line() -> None:
    sid = "AC" + "1" * 32
    app = build(
        parse("--account-sid", sid, "--auth-token", "t", "--number", "+15550001111", "--voice-url", "https://h/v")
    )
    async with serve_app(app) as url, httpx.AsyncClient(auth=(sid, "t")) as http:
        answer = await http.get(f"{url}/2010-04-01/Accounts/{sid}/IncomingPhoneNumbers.json")
        missing = await http.get(f"{url}/2010-04-01/Nothing.json")
    [number] = answer.json()["incoming_phone_numbers"]
    assert (number["phone_number"], number["voice_url"]) == ("+15550001111", "https://h/v")
    assert missing.json()["code"] == 20404


def test_a_bad_callee_is_named() -> None:
    with pytest.raises(ScenarioError, match=r"nobody.yaml"):
        build(parse("--callee", str(Path("nobody.yaml"))))
