import io

from rich.console import Console

from bot.events import ToolFinished, TurnFinished
from cli.chat_screen import ChatScreen
from data.records import RetrievalRecord, Role, SnippetUse, ToolCallRecord, TurnRecord


def test_a_reply_is_one_line_with_what_happened_beside_it() -> None:
    paper = io.StringIO()
    screen = ChatScreen(Console(file=paper, width=200), "Maya", echo=True)
    screen.prompt()
    screen.typed("What does it [cost]?")
    screen.show("It costs")
    screen.show("nothing.")
    screen.end_reply()
    found = RetrievalRecord("cost", "MiniLM", 12.0, (SnippetUse("doc", "chunk", 0.25),))
    screen.emit(TurnFinished("conv", 0.0, TurnRecord(1, Role.AGENT, "It costs nothing.", 1.0, retrieval=found)))
    assert paper.getvalue().splitlines() == [
        "You: What does it [cost]?",
        "Maya: It costs nothing.",
        "  · documents: 1 passages, nearest 0.25, 12 ms",
    ]


def test_a_tool_in_the_middle_of_a_reply_gets_its_own_line() -> None:
    paper = io.StringIO()
    screen = ChatScreen(Console(file=paper, width=200), "Maya", echo=False)
    screen.show("One moment.")
    screen.emit(
        ToolFinished(
            "conv", 0.0, ToolCallRecord("call_1", "book_appointment", {}, {"status": "booked"}, False, 1.0)
        )
    )
    screen.show("Done.")
    screen.end_reply()
    assert paper.getvalue().splitlines() == [
        "Maya: One moment.",
        "  · tool book_appointment: booked",
        "Maya: Done.",
    ]
