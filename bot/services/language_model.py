"""The language model as a processor: from a grounded conversation to the text of a reply and its tool calls.

Each reply has a number and one task, so that an interruption ends both at once (closing the stream stops the
vendor's computing). Nothing it can do leaves the caller in silence: an empty or failed generation becomes a
spoken apology, and a second failure in a row ends the call politely.
"""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

from loguru import logger
from pipecat.frames.frames import (
    CancelFrame,
    EagerEndOfTurnCancelFrame,
    EndFrame,
    Frame,
    InterruptionFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from bot.chat_model import ChatModel
from bot.conversation import messages_of, remember_tools, tool_messages
from bot.generations import Generations
from bot.phases import CallPhase
from bot.reply_endings import ReplyEndings
from bot.running_replies import RunningReplies
from bot.services.reply_requests import ReplyRequests
from bot.services.reply_turn import ReplyTurn, split_question
from bot.services.unthinking import UnthinkingText
from bot.speculation import Speculation
from bot.tools.tool_text import ToolTextParser
from bot.turn_ledger import Stage, TurnLedger
from config.errors import VendorError
from data.knowledge.snippet import Snippet
from data.records import EndReason
from processors.frames import (
    DecidedContextFrame,
    FillerFrame,
    GroundedContextFrame,
    ReplyConfirmedFrame,
    ReplyEndFrame,
    ReplyTextFrame,
    SayFrame,
    SpeechChunkFrame,
    ToolCallsFrame,
    ToolResultsFrame,
)
from processors.tool_requests import ToolRequest

MOST_TOOL_ROUNDS = 4
NO_GENERATION = 0
"""Stands for no reply at all: numbers begin at 1."""
MOST_FAILURES = 2
"""Failed replies in a row after which the call is ended."""
APOLOGY = "I'm sorry, I'm having trouble right now. Could you say that again, please?"
FAREWELL = "I'm sorry, I can't help you at the moment. Please call again later. Goodbye."
GOODBYE = "Thank you for calling. Goodbye."
NOTHING_TO_SAY = "I'm sorry, could you say that again, please?"


class LanguageModel(FrameProcessor):
    """Makes replies, one at a time.

    Args:
        model: The vendor.
        requests: What the model is asked for.
        generations: The call's reply numbers.
        ledger: Told how each reply comes about.
        endings: Told which reply ends the call, and which may not be interrupted.
        running: Told what is being said.
        speculation: Says which early replies are wanted, and is told what became of them.
    """

    def __init__(
        self,
        model: ChatModel,
        requests: ReplyRequests,
        generations: Generations,
        ledger: TurnLedger,
        endings: ReplyEndings,
        running: RunningReplies,
        speculation: Speculation,
    ) -> None:
        super().__init__(name="language-model")
        self._model = model
        self._requests = requests
        self._generations = generations
        self._ledger = ledger
        self._endings = endings
        self._running = running
        self._speculation = speculation
        self._phase = CallPhase.CALL_START
        self._failures = 0
        self._turn: ReplyTurn | None = None
        self._early: ReplyTurn | None = None
        """A reply to a turn that may not be over; the one before it stays `_turn` until it is."""
        self._unfinished: int | None = None
        self._task: asyncio.Task[None] | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Begin, go on with or drop a reply; everything else passes."""
        await super().process_frame(frame, direction)
        if isinstance(frame, GroundedContextFrame):
            await (self._speculate(frame) if frame.speculation else self._answer(frame))
        elif isinstance(frame, DecidedContextFrame):
            await self._answer_decided(frame)
        elif isinstance(frame, SayFrame):
            await self._say_alone(frame)
        elif isinstance(frame, FillerFrame):
            await self._fill(frame)
        elif isinstance(frame, ToolResultsFrame) and direction is FrameDirection.UPSTREAM:
            await self._go_on(frame)
        else:
            if isinstance(frame, (InterruptionFrame, EndFrame, CancelFrame)):
                await self._drop_early()
                await self._drop()
            elif isinstance(frame, EagerEndOfTurnCancelFrame):
                await self._drop_early()
            await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        """Stop generating."""
        await self._drop()
        await super().cleanup()

    # --- beginnings ---------------------------------------------------------------------------------------

    async def _answer(self, frame: GroundedContextFrame) -> None:
        if self._early is not None and self._is_answered_early(frame.context):
            await self._confirm(self._early, frame.context)
            return
        turn = await self._begin(frame.context, frame.snippets)
        self._ledger.reply_began(turn.generation, answers_caller=True, retrieval=frame.retrieval)
        self._task = self.create_task(self._generate(turn), f"reply-{turn.generation}")

    async def _answer_decided(self, frame: DecidedContextFrame) -> None:
        if frame.stale:
            remember_tools(frame.context, frame.result.records)
            self._ledger.tools_used(NO_GENERATION, frame.result.records)
            return
        turn = await self._begin(frame.context, ())
        self._ledger.reply_began(turn.generation, answers_caller=True)
        await self._go_on(
            ToolResultsFrame(
                turn.generation, frame.result.records, say=frame.result.say, ends_call=frame.result.ends_call
            )
        )

    async def _say_alone(self, frame: SayFrame) -> None:
        await self._give_up_early()
        if self._turn is not None and not self._generations.is_current(self._turn.generation):
            await self._drop()
        generation = self._generations.next()
        self._running.began(generation, len(self._turn.context.messages) if self._turn else 0)
        self._ledger.reply_began(generation, answers_caller=False)
        if frame.protected:
            self._endings.protect(generation)
        if frame.ends_call is not None:
            self._endings.end_after(generation, frame.ends_call)
        await self._finish(generation, frame.text, fixed=frame.fixed)

    async def _begin(self, context: LLMContext, snippets: Sequence[Snippet]) -> ReplyTurn:
        await self._give_up_early()
        await self._drop()
        await self._settle_last()
        history, question = split_question(self._running.woven_into(messages_of(context)))
        phase = self._phase.advance(self._ledger.caller_turns)
        turn = ReplyTurn(self._generations.next(), context, history, question, snippets, phase)
        self._take_up(turn)
        return turn

    async def _settle_last(self) -> None:
        """The last reply is over, as a new one begins."""
        if self._turn is not None and not self._generations.is_current(self._turn.generation):
            self._ledger.reply_dropped(self._turn.generation)
        if self._unfinished is not None and self._generations.is_current(self._unfinished):
            # A turn that may not interrupt: what was said of the reply before it stands, and ends here.
            await self._finish(self._unfinished)

    def _take_up(self, turn: ReplyTurn) -> None:
        """From here on this is the reply that the caller gets."""
        self._turn = turn
        self._phase = turn.phase
        self._unfinished = None if turn.ended else turn.generation
        self._running.began(turn.generation, len(turn.context.messages))
        self._running.said(turn.generation, turn.said)

    # --- early replies ------------------------------------------------------------------------------------

    async def _speculate(self, frame: GroundedContextFrame) -> None:
        """Begin a reply to what the caller has probably said; all of it is held until `_confirm`."""
        await self._drop_early()
        messages = messages_of(frame.context)
        if not self._speculation.is_wanted(messages[-1].content):
            return  # the caller went on while the documents were searched
        await self._drop()
        history, question = split_question(self._running.woven_into(messages))
        phase = self._phase.advance(self._ledger.caller_turns + 1)
        generation = self._speculation.started()
        turn = ReplyTurn(generation, frame.context, history, question, frame.snippets, phase, held=True)
        self._early = turn
        self._ledger.reply_began(generation, answers_caller=True, retrieval=frame.retrieval)
        self._task = self.create_task(self._generate(turn), f"early-reply-{generation}")

    def _is_answered_early(self, context: LLMContext) -> bool:
        early = self._early
        if early is None or not self._generations.is_current(early.generation):
            return False
        return early.answers(*split_question(self._running.woven_into(messages_of(context))))

    async def _confirm(self, turn: ReplyTurn, context: LLMContext) -> None:
        """The turn ended with the words that were answered early: the reply is the caller's."""
        self._early = None
        await self._settle_last()
        turn.held = False
        turn.context = context
        self._take_up(turn)
        self._ledger.reply_confirmed(turn.generation)
        self._speculation.used(turn.generation)
        await self.push_frame(ReplyConfirmedFrame(turn.generation))
        if turn.requests:
            await self.push_frame(ToolCallsFrame(turn.generation, turn.requests))

    async def _give_up_early(self) -> None:
        """Something else is to be said: whatever was made early goes, everywhere."""
        self._speculation.turn_over()
        if await self._drop_early():
            await self.push_frame(EagerEndOfTurnCancelFrame())

    async def _drop_early(self) -> bool:
        turn, self._early = self._early, None
        if turn is None:
            return False
        self._speculation.dropped(turn.generation, turn.tokens)
        await self._drop()
        self._ledger.reply_dropped(turn.generation)
        return True

    # --- generating ---------------------------------------------------------------------------------------

    async def _generate(self, turn: ReplyTurn) -> None:
        try:
            requests = await self._stream(turn)
            if not requests and not _is_audible(turn.said) and turn.rounds == 0:
                logger.warning("The model said nothing; asking it once more")
                requests = await self._stream(turn)
        except VendorError as error:
            logger.bind(vendor=error.vendor, permanent=error.permanent).error(error.message)
            await self._fail(turn)
            return
        except Exception:
            # Whatever defect this is, a caller who hears nothing is worse; the trace is in the log.
            logger.exception("Making a reply failed unexpectedly")
            await self._fail(turn)
            return
        self._failures = 0
        if requests and turn.rounds < MOST_TOOL_ROUNDS:
            turn.rounds += 1
            if turn.held:
                turn.requests = requests  # nothing is done before the turn is over
                return
            await self.push_frame(ToolCallsFrame(turn.generation, requests))
            return
        turn.ended = True
        await self._finish(turn.generation, "" if _is_audible(turn.said) else NOTHING_TO_SAY, fixed=True)

    async def _stream(self, turn: ReplyTurn) -> tuple[ToolRequest, ...]:
        """Stream one generation into the pipeline; returns the tools it asks for."""
        parser, unthinking = ToolTextParser(), UnthinkingText()
        requests: list[ToolRequest] = []
        self._ledger.reached(turn.generation, Stage.REQUESTED)
        async with aclosing(self._model.stream(self._requests.of(turn))) as chunks:
            async for chunk in chunks:
                if chunk.text or chunk.tool_calls:
                    turn.tokens += 1
                    self._ledger.reached(turn.generation, Stage.FIRST_TOKEN)
                parsed = parser.feed(unthinking.feed(chunk.text))
                calls = (*chunk.tool_calls, *parsed.tool_calls)
                requests += [ToolRequest(call.name, call.arguments) for call in calls]
                await self._speak(turn, parsed.text)
                if chunk.usage is not None:
                    self._ledger.used(turn.generation, chunk.usage)
        last, rest = parser.feed(unthinking.flush()), parser.flush()
        requests += [ToolRequest(call.name, call.arguments) for call in (*last.tool_calls, *rest.tool_calls)]
        await self._speak(turn, last.text + rest.text)
        return tuple(requests)

    async def _speak(self, turn: ReplyTurn, text: str) -> None:
        if text:
            turn.said += text
            await self._push_text(turn.generation, text)

    async def _push_text(self, generation: int, text: str, *, fixed: bool = False) -> None:
        self._running.said(generation, text)
        await self.push_frame(ReplyTextFrame(generation, text, fixed=fixed))

    @property
    def busy(self) -> bool:
        """True while a reply that the caller is to hear is being made, its tools included."""
        return self._unfinished is not None and self._generations.is_current(self._unfinished)

    async def _fill(self, frame: FillerFrame) -> None:
        generation = self._unfinished
        if generation is not None and self.busy:
            self._running.said(generation, f"{frame.text} ")
            # Past what cuts the model's text into pieces: that may hold the beginning of a sentence.
            await self.push_frame(SpeechChunkFrame(generation, frame.text, fixed=True))

    async def _finish(self, generation: int, text: str = "", *, fixed: bool = False) -> None:
        if text:
            await self._push_text(generation, text, fixed=fixed)
        await self.push_frame(ReplyEndFrame(generation))
        if generation == self._unfinished:
            self._unfinished = None

    async def _fail(self, turn: ReplyTurn) -> None:
        if turn.held:
            turn.failed = True  # the turn is answered anew when it is over, which is the retry
        else:
            await self._apologise(turn)

    async def _apologise(self, turn: ReplyTurn) -> None:
        self._failures += 1
        if self._failures >= MOST_FAILURES:
            self._endings.end_after(turn.generation, EndReason.ERROR)
            await self._finish(turn.generation, f" {FAREWELL}")
        elif turn.said.strip():
            # Half an answer was given: the caller heard it, and can ask on.
            await self._finish(turn.generation)
        else:
            await self._finish(turn.generation, APOLOGY, fixed=True)

    # --- tools --------------------------------------------------------------------------------------------

    async def _go_on(self, frame: ToolResultsFrame) -> None:
        turn = self._turn
        self._ledger.tools_used(frame.generation, frame.records)
        current = turn is not None and turn.generation == frame.generation
        if turn is None or not current or not self._generations.is_current(frame.generation):
            # The caller has moved on. What was done is done, and the model must know of it.
            if turn is not None:
                remember_tools(turn.context, frame.records)
            return
        remember_tools(turn.context, frame.records)
        turn.exchanges += tool_messages(frame.records, turn.said[turn.exchanged :].strip())
        turn.exchanged = len(turn.said)
        if frame.ends_call:
            self._endings.end_after(turn.generation)
        if frame.silent:
            await self._finish(turn.generation)
            return
        if frame.say is not None or frame.ends_call:
            say = frame.say
            if frame.ends_call and not say and not _is_audible(turn.said):
                say = GOODBYE  # a model may ask for the end without a word of its own
            await self._finish(turn.generation, _say_after(turn.said, say))
            return
        if turn.said:
            await self._speak(turn, " ")
        self._task = self.create_task(self._generate(turn), f"reply-{turn.generation}")

    async def _drop(self) -> None:
        task, self._task = self._task, None
        if task is not None and not task.done():
            await self.cancel_task(task)


def _is_audible(text: str) -> bool:
    """Whether a voice could say anything of it: dots, emoji and marks alone would be silence."""
    return any(character.isalnum() for character in text)


def _say_after(said: str, say: str | None) -> str:
    """A tool's own sentence behind what the model said already; not twice the same."""
    if not say or say.strip().lower() in said.lower():
        return ""
    return f" {say}" if said else say
