"""Tools are called by their schemas, over as many turns as it takes."""

import pytest

from simulator.ollama.json_types import JsonObject
from simulator.ollama.responder.prompt import Message, Prompt
from simulator.ollama.responder.respond import respond
from tests.simulator.ollama.responder.dialogue import BOOK, END, TRANSFER, Dialogue


def test_booking_over_several_turns() -> None:
    dialogue = Dialogue(END, BOOK)
    assert dialogue.say("I'd like to book an appointment.").text == "Of course. What name should I put it under?"
    assert dialogue.say("It's Maria Lopez").text == "Thank you. What day would you like?"
    assert dialogue.say("next Tuesday please").text == "Thank you. What time would suit you?"
    (call,) = dialogue.say("half past two").tool_calls
    assert call.name == "book_appointment"
    assert call.arguments == {"name": "Maria Lopez", "date": "2026-11-24", "time": "14:30"}
    assert dialogue.result('{"status": "booked", "when": "Tuesday at half past two"}').text == (
        "That is booked: Tuesday at half past two."
    )
    assert dialogue.say("Great, thank you.").tool_calls == ()


def test_booking_in_one_sentence() -> None:
    (call,) = (
        Dialogue(BOOK, END)
        .say("Hi, my name is John Carter, can I book a visit on November 24th at 10 am about a crown?")
        .tool_calls
    )
    assert call.arguments == {"name": "John Carter", "date": "2026-11-24", "time": "10:00", "topic": "a crown"}


def test_a_tangent_is_answered_and_the_question_asked_again() -> None:
    dialogue = Dialogue(BOOK, documents=("A visit costs 40 dollars.",))
    dialogue.say("I want to book a visit for tomorrow at 9")
    reply = dialogue.say("How much is a visit?")
    assert "40 dollars" in reply.text
    assert reply.text.endswith("What name should I put it under?")
    (call,) = dialogue.say("Ann Bell").tool_calls
    assert call.arguments == {"name": "Ann Bell", "date": "2026-11-21", "time": "09:00"}


def test_confirmation_is_repeated_to_the_tool_and_can_be_corrected() -> None:
    dialogue = Dialogue(BOOK)
    dialogue.say("My name is Ann Bell, please book me in tomorrow at 9 am")
    asked = dialogue.result('{"status": "needs_confirmation", "say": "Shall I book it for nine?"}')
    assert asked.text == "Shall I book it for nine?"
    (changed,) = dialogue.say("No, make it 11 am").tool_calls
    assert changed.arguments == {"name": "Ann Bell", "date": "2026-11-21", "time": "11:00"}
    dialogue.result('{"status": "needs_confirmation", "say": "Shall I book it for eleven?"}')
    (again,) = dialogue.say("Yes, please.").tool_calls
    assert again == changed


def test_a_no_or_a_never_mind_ends_it() -> None:
    dialogue = Dialogue(BOOK)
    dialogue.say("Book an appointment please")
    assert dialogue.say("Oh, never mind").tool_calls == ()
    assert dialogue.say("Ann Bell").tool_calls == ()


def test_an_interrupted_question_still_counts() -> None:
    dialogue = Dialogue(BOOK)
    dialogue.say("Book an appointment tomorrow at 9 am please")
    dialogue.messages[-1] = Message("assistant", "Of course. What name should")
    (call,) = dialogue.say("Ann Bell").tool_calls
    assert call.arguments["name"] == "Ann Bell"


def test_a_schema_with_a_confirmation_flag_is_asked_for() -> None:
    function: JsonObject = {
        "name": "order_pizza",
        "description": "Order a pizza.",
        "parameters": {
            "type": "object",
            "properties": {
                "size": {"type": "string", "enum": ["small", "large"]},
                "count": {"type": "integer"},
                "confirmed": {"type": "boolean"},
            },
            "required": ["size", "count", "confirmed"],
        },
    }
    dialogue = Dialogue({"type": "function", "function": function})
    assert dialogue.say("I'd like to order a pizza").text.endswith("Which size would you like: small or large?")
    assert dialogue.say("A large one").text.endswith("What count should I put down?")
    assert dialogue.say("three").text.endswith("I have large, 3. Shall I go ahead?")
    (call,) = dialogue.say("yes").tool_calls
    assert call.arguments == {"size": "large", "count": 3, "confirmed": True}


def test_two_requests_are_two_calls_in_one_reply() -> None:
    reply = Dialogue(BOOK, END, TRANSFER).say(
        "My name is Ann Bell, please book an appointment tomorrow at 9 am and transfer me to a human."
    )
    assert [call.name for call in reply.tool_calls] == ["book_appointment", "transfer_call"]


@pytest.mark.parametrize(
    "text",
    [
        "What is your cancellation policy?",
        "How do I book an appointment?",
        "Hello there",
        "Do you have parking?",
        "thank you",
        "Can you tell me about the appointment fees?",
    ],
)
def test_questions_call_no_tool(text: str) -> None:
    assert Dialogue(BOOK, END, TRANSFER).say(text).tool_calls == ()


@pytest.mark.parametrize(
    "text", ["I want to speak to a human", "Can you transfer me please", "connect me to a person"]
)
def test_transfer(text: str) -> None:
    assert [call.name for call in Dialogue(BOOK, END, TRANSFER).say(text).tool_calls] == ["transfer_call"]


@pytest.mark.parametrize(
    "text", ["Goodbye!", "ok bye", "That's all, thanks.", "No, that will be all. Have a nice day!"]
)
def test_goodbye_ends_the_call(text: str) -> None:
    reply = Dialogue(BOOK, END).say(text)
    assert reply.text == "Thank you for calling. Goodbye!"
    (call,) = reply.tool_calls
    assert call.name == "end_call"
    assert set(call.arguments) == {"reason"}


def test_goodbye_with_a_message_argument_is_said_once() -> None:
    function: JsonObject = {
        "name": "hang_up",
        "description": "Hang up the phone.",
        "parameters": {"type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"]},
    }
    reply = Dialogue({"type": "function", "function": function}).say("Goodbye")
    assert reply.tool_calls[0].arguments == {"message": "Thank you for calling. Goodbye!"}
    assert "Goodbye" not in reply.text


def test_goodbye_without_a_tool_and_questions_that_are_none() -> None:
    assert Dialogue().say("bye").text == "Thank you for calling. Goodbye!"
    assert Dialogue(END).say("Is that all you offer?").tool_calls == ()
    assert Dialogue(END).say("Before I say goodbye, how much is it?").tool_calls == ()


def test_results_are_put_into_words() -> None:
    dialogue = Dialogue(BOOK)
    dialogue.say("My name is Ann Bell, book me in tomorrow at 9 am please")
    assert dialogue.result('{"error": "That time is taken."}').text == "I'm sorry, that time is taken."
    assert dialogue.result("It is sunny.", tool="weather").text.endswith("It is sunny.")


TEXT_PROTOCOL = """You are Robin. Today is Friday, 20 November 2026.
To use a tool write a line like [TOOL: name {"json": "args"}].
Tools:
- book_appointment: Books an appointment. {"type": "object", "properties": {"name": {"type": "string"},
 "date": {"type": "string"}, "time": {"type": "string"}}, "required": ["name", "date", "time"]}
- end_call: Ends the call. {"type": "object", "properties": {"reason": {"type": "string"}}}
"""


def test_the_text_protocol_is_used_where_the_prompt_describes_it() -> None:
    dialogue = Dialogue(system=TEXT_PROTOCOL)
    dialogue.say("Please book an appointment tomorrow at 9 am")
    assert dialogue.say("Ann Bell").text == (
        '[TOOL: book_appointment {"name": "Ann Bell", "date": "2026-11-21", "time": "09:00"}]'
    )
    reply = dialogue.result('{"status": "booked", "say": "You are booked."}')
    assert reply.text == "You are booked."
    assert dialogue.say("bye").text == (
        'Thank you for calling. Goodbye!\n[TOOL: end_call {"reason": "The caller said goodbye."}]'
    )


def test_the_seeds_forms_of_the_text_protocol() -> None:
    system = "You may write [TOOL: transfer_call] to transfer, or [CONFIRM_TOOL: cancel_order] to cancel an order."
    assert respond(Prompt((Message("system", system), Message("user", "transfer me please")))).text == (
        "[TOOL: transfer_call]"
    )
    reply = respond(Prompt((Message("system", system), Message("user", "I want to cancel my order"))))
    assert reply.text == "[CONFIRM_TOOL: cancel_order]"
