import httpx
import pytest

from bench.call_plan import Manner, Utterance
from bench.environment import Environment
from bench.shop import Question
from bench.stored_call import StoredCall, StoredCalls, StoredTurn, wrong_replies
from simulator.twilio.state import TwilioState

PRICE = Utterance(Manner.ASKED, Question("How much is it?", "41 dollars"))
EVERYTHING = Utterance(Manner.ASKED, Question("Tell me everything."), is_cut_short=True)
WEIGHT = Utterance(Manner.INTERRUPTING, Question("How heavy is it?", "5 pounds"))
PLAN = (PRICE, EVERYTHING, WEIGHT)


def stored(*turns: tuple[str, str]) -> StoredCall:
    return StoredCall("completed", tuple(StoredTurn(role == "user", words) for role, words in turns), ())


def test_a_call_with_right_answers() -> None:
    transcript = stored(
        ("agent", "Hello."),
        ("user", "how much is it"),
        ("agent", "Sure."),
        ("agent", "It costs 41 dollars."),
        ("user", "Tell me everything."),
        ("agent", "The kettle"),
        ("user", "How heavy is it?"),
        ("agent", "It weighs 5 pounds."),
    )
    assert wrong_replies(PLAN, transcript) == []


def test_an_answer_to_another_question_is_wrong() -> None:
    transcript = stored(
        ("user", "How much is it?"),
        ("agent", "It weighs 5 pounds."),
        ("user", "How heavy is it?"),
        ("agent", "It costs 41 dollars."),
    )
    problems = wrong_replies(PLAN, transcript)
    assert [problem.split(":")[0] for problem in problems] == ["wrong reply to", "wrong reply to"]


def test_what_was_not_heard_is_named_and_the_rest_still_checked() -> None:
    problems = wrong_replies(PLAN, stored(("user", "How heavy is it?"), ("agent", "5 pounds.")))
    assert problems == ["not heard: How much is it?"]


def test_no_reply_is_a_wrong_one() -> None:
    assert wrong_replies((PRICE,), stored(("user", "How much is it?"))) == [
        "wrong reply to: How much is it? (nothing; documents not searched)"
    ]


def test_a_wrong_reply_tells_what_was_searched_for() -> None:
    caller = StoredTurn(True, "How much is it?")
    early = StoredTurn(False, "I do not know.", looked_up="How much")
    late = StoredTurn(False, "I do not know.", looked_up="How much is it?", timed_out=True)
    [problem] = wrong_replies((PRICE,), StoredCall("completed", (caller, early), ()))
    assert problem.endswith("(I do not know.; searched for: How much)")
    [problem] = wrong_replies((PRICE,), StoredCall("completed", (caller, late), ()))
    assert problem.endswith("; search timed out)")


def stored_calls(status: int) -> StoredCalls:
    """Of a server that answers everything with that status."""
    environment = Environment(
        server_url="http://server.test",
        server_pid=None,
        vendor_pids={},
        api_key="key",
        public_url="http://server.test",
        number="+15550100",
        twilio=TwilioState(),
        deepgram_url=None,
        delays=None,
        ollama_url=None,
    )
    answer = httpx.MockTransport(lambda _request: httpx.Response(status))
    return StoredCalls(environment, transport=answer)


async def test_a_call_that_was_turned_away_is_a_fault_and_not_the_end_of_the_bench() -> None:
    async with stored_calls(404) as calls:
        assert await calls.read("CA1") == StoredCall("not stored", (), ())


async def test_a_server_in_trouble_is_no_measurement() -> None:
    async with stored_calls(500) as calls:
        with pytest.raises(httpx.HTTPStatusError):
            await calls.read("CA1")
