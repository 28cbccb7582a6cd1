"""What must be stored is looked for in order and word for word; what is stored beside it is no fault."""

from bench.chatting_caller import Said
from bench.stored_talk import StoredTalk, compare

HELLO, ASKED, ANSWERED = Said(False, "Hello there."), Said(True, "What about tea?"), Said(False, "I like tea.")


def test_all_of_it_and_something_beyond() -> None:
    stored = (HELLO, Said(True, "what about tea"), Said(True, "Hm."), ANSWERED)
    assert compare((HELLO, ASKED, ANSWERED), stored) == compare((), (ASKED,))
    assert compare((HELLO, ASKED, ANSWERED), stored).beyond == 1


def test_what_is_missing_is_lost() -> None:
    assert compare((HELLO, ASKED, ANSWERED), (HELLO, ANSWERED)).lost == (ASKED,)
    assert compare((HELLO, ASKED), (ASKED, HELLO)).lost == (ASKED,), "the order counts"
    assert compare((HELLO,), (Said(True, HELLO.words),)).lost == (HELLO,), "who said it counts"
    assert compare((ANSWERED,), (Said(False, "I like"),)).lost == (ANSWERED,)


def test_as_rest_shows_it() -> None:
    body = {
        "status": "failed",
        "transcript": [{"role": "agent", "message": "Hello there."}, {"role": "user", "message": None}],
        "metadata": {"termination_reason": "x"},
        "agent_id": "agent_1",
    }
    talk = StoredTalk.model_validate(body)
    assert talk.is_over
    assert talk.turns() == (HELLO, Said(True, ""))


def test_what_is_lost_is_shown_beside_what_is_stored_in_its_place() -> None:
    [fault] = compare((HELLO, ASKED), (HELLO, Said(True, "What about"), ANSWERED)).faults
    assert fault == "not stored: What about tea? (in its place: What about)"
    [fault] = compare((HELLO, ASKED), (HELLO,)).faults
    assert fault.endswith("(in its place: nothing)")
