"""What is logged while a call runs says whose call it is."""

import pytest

from tests.bot.transport.captured_logs import captured_logs
from tests.calls.house import CallHouse
from tests.calls.phone import Dial

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_every_line_of_a_call_names_call_agent_and_workspace(house: CallHouse, dial: Dial) -> None:
    number = await house.add_agent("Hello there.")
    with captured_logs() as lines:
        phone = await dial(number)
        await phone.hears("Hello there.")
        phone.caller.hang_up()
        await phone.caller.wait_ended()
        await house.conversation(phone.caller.record.sid)
    ours = [line for line in lines if phone.caller.record.sid in line]
    assert any(line.startswith("INFO Call started") for line in ours)
    assert any(line.startswith("INFO Call ended") for line in ours)
    for line in ours:
        assert "'agent': 'agent_" in line, line
        assert "'workspace': 'ws_default'" in line, line
