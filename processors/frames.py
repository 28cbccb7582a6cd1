"""The frames that this product adds to pipecat's.

A processor with queues takes system frames ahead of everything else, and an interruption drops the data and
control frames that wait in them; each frame's base class is chosen for exactly that. A `DirectProcessor` takes all
in order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipecat.frames.frames import ControlFrame, DataFrame, LLMContextFrame, SystemFrame

from data.knowledge.snippet import Snippet
from data.records import EndReason, RetrievalRecord, ToolCallRecord
from processors.tool_requests import ToolRequest, ToolRound


@dataclass
class TranscriptSettledFrame(ControlFrame):
    """Speech-to-text has nothing more to say about what came before the caller's pause.

    In order with the transcripts, unlike a system frame, which would overtake the last of them.
    """


@dataclass
class TurnEndLikelyFrame(ControlFrame):
    """Speech-to-text believes that the caller's turn has ended; in order with the transcripts.

    Attributes:
        text: What the recogniser has of the turn; None when it goes on after all.
    """

    text: str | None


@dataclass
class SayFrame(DataFrame):
    """Say a fixed text as a reply of its own, with no language model (greeting, apology).

    Attributes:
        text: What to say.
        protected: True when the caller may not interrupt it.
        ends_call: Set when the call ends, for this reason, once it has been heard.
        fixed: The same in every call, whoever calls: its audio may be kept.
    """

    text: str
    protected: bool = False
    ends_call: EndReason | None = None
    fixed: bool = False


@dataclass
class FillerFrame(DataFrame):
    """Say something short in the reply that is being made, because it takes long; nothing if there is none."""

    text: str


@dataclass
class GroundedContextFrame(LLMContextFrame):
    """The conversation, with what the agent's documents say to the newest question.

    Attributes:
        snippets: Chunks to be quoted beside the question, best first.
        retrieval: How they were found; None where retrieval is off.
    """

    snippets: Sequence[Snippet] = ()
    retrieval: RetrievalRecord | None = None


@dataclass
class DecidedContextFrame(LLMContextFrame):
    """The conversation, whose newest message answered the question whether a tool may run.

    Attributes:
        result: What came of it; to be put into words.
        stale: True when the caller has gone on talking meanwhile: the result is to be remembered, and their
            next turn will be answered instead.
    """

    result: ToolRound = field(kw_only=True)
    stale: bool = field(default=False, kw_only=True)


@dataclass
class SpeechChunkFrame(DataFrame):
    """A piece of a reply, ready to be spoken; `fixed` as in `SayFrame`."""

    generation: int
    text: str
    fixed: bool = False


@dataclass
class SpeechEndFrame(ControlFrame):
    """A reply has no further pieces."""

    generation: int


@dataclass
class ReplyTextFrame(DataFrame):
    """Text of a reply as the language model streams it; `fixed` as in `SayFrame`."""

    generation: int
    text: str
    fixed: bool = False


@dataclass
class ReplyEndFrame(ControlFrame):
    """The language model is done with a reply."""

    generation: int


@dataclass
class ReplyConfirmedFrame(ControlFrame):
    """A reply that was begun early answers the caller's turn as it ended: the rest of it may be spoken."""

    generation: int


@dataclass
class ToolCallsFrame(DataFrame):
    """The language model asks for tools."""

    generation: int
    requests: tuple[ToolRequest, ...]


@dataclass
class ToolResultsFrame(DataFrame):
    """What came of tool calls; travels upstream to the language model, whatever the caller does meanwhile.

    Attributes:
        generation: The reply that asked.
        records: One per request, in order.
        say: To be said word for word instead of asking the model again.
        ends_call: True when the call ends once this reply has been heard.
        silent: True when nothing more is said in this reply.
    """

    generation: int
    records: tuple[ToolCallRecord, ...]
    say: str | None = None
    ends_call: bool = False
    silent: bool = False
    interruptible: bool = field(default=False, init=False)


@dataclass
class ReplyHeardFrame(SystemFrame):
    """A reply is over for the caller: heard to its end, or cut off.

    A system frame, so that it reaches the context before the interruption that it belongs to and before the
    turn that follows.
    """

    generation: int
    text: str
    unheard: str
    interrupted: bool
