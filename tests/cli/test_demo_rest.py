"""The demo's client against a server that answers as told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cli.demo_live import LiveConversation
from cli.demo_rest import DemoRest, RestTranscriber
from cli.demo_transcript import Conversation
from config.errors import VendorError
from simulator.hosting import serve_app
from simulator.twilio.progress import Progress, ProgressKind
from tests.cli.demo_values import SCRIPT, agent, caller, good_conversation
from tests.cli.test_demo_report import make_report


class Answers:
    """What the server says, one after the other; the last one again and again."""

    def __init__(self, *answers: Conversation | int) -> None:
        self.answers = list(answers)
        self.keys: set[str] = set()

    async def conversation(self, request: Request) -> Response:
        self.keys.add(request.headers.get("xi-api-key", ""))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, int):
            return Response(status_code=answer)
        return JSONResponse(answer.model_dump(mode="json", by_alias=True))

    @asynccontextmanager
    async def client(self) -> AsyncIterator[DemoRest]:
        route = Route("/v1/convai/conversations/CA1", self.conversation)
        async with serve_app(Starlette(routes=[route])) as url, DemoRest(url, "the-key") as rest:
            yield rest


async def test_the_end_of_a_conversation_is_waited_for() -> None:
    answers = Answers(404, good_conversation(status="in-progress"), good_conversation())
    async with answers.client() as rest:
        conversation = await rest.finished_conversation("CA1", 10)
    assert conversation is not None
    assert conversation.status == "completed"
    assert answers.keys == {"the-key"}


async def test_a_conversation_that_does_not_end_is_given_as_it_is() -> None:
    async with Answers(good_conversation(status="in-progress")).client() as rest:
        conversation = await rest.finished_conversation("CA1", 0)
    assert conversation is not None
    assert conversation.status == "in-progress"


async def test_a_server_error_is_told() -> None:
    async with Answers(500).client() as rest:
        with pytest.raises(VendorError, match="500"):
            await rest.conversation("CA1")


async def test_a_server_that_is_not_there_is_not_ready() -> None:
    async with DemoRest("http://127.0.0.1:9", "key") as rest:
        assert not await rest.is_ready()


async def test_the_agent_is_understood_once_its_turn_is_stored() -> None:
    before = good_conversation([agent(0, "Hi."), caller(1, SCRIPT.question)])
    after = good_conversation(
        [agent(0, "Hi."), caller(1, SCRIPT.question), agent(2, "It costs"), agent(3, "20,400.")]
    )
    async with Answers(before, after).client() as rest:
        assert await RestTranscriber(rest).transcribe("CA1", b"") == "It costs 20,400."


async def test_each_turn_is_shown_once_and_an_outage_is_outlived() -> None:
    report, paper = make_report()
    one = good_conversation([agent(0, "Hi, this is Maya."), caller(1, SCRIPT.question)])
    two = good_conversation([agent(0, "Hi, this is Maya."), caller(1, SCRIPT.question), agent(2, "It is free.")])
    async with Answers(one, 500, two).client() as rest:
        live = LiveConversation(report, rest)
        await live.catch_up()
        assert paper.getvalue() == ""  # no call yet
        live.on_progress(Progress(ProgressKind.CALL_PLACED, 0.0, text="CA1"))
        live.on_progress(Progress(ProgressKind.STREAM_STARTED, 0.2))
        live.on_progress(Progress(ProgressKind.CALLER_SPEAKS, 4.0, text="Hello?"))
        following = asyncio.create_task(live.follow())
        async with asyncio.timeout(10):
            while "It is free." not in paper.getvalue():  # noqa: ASYNC110 - a screen has no event
                await asyncio.sleep(0.01)
        following.cancel()
    lines = [line.split("s", 1)[1].strip() for line in paper.getvalue().splitlines()]
    assert lines == ["Caller  Hello?", "Agent   Hi, this is Maya.", "Agent   It is free."]
