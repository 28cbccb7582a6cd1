"""One call, from its first audio to its stored outcome: the session owns every task, socket and timer of it."""

import asyncio
import time
from datetime import UTC, datetime

from loguru import logger
from pipecat.pipeline.worker import PipelineWorker

from bot.call_config import CallConfig
from bot.call_parts import CallHooks, CallParts, make_parts
from bot.call_services import CallServices
from bot.dynamic_variables import DynamicVariables
from bot.ended_call import take_apart
from bot.events import CallEnded, CallStarted, EventSink
from bot.pipeline import build_pipeline, run_worker
from bot.transport.ports import CallTransport, StreamEnd
from config.errors import VendorError
from data.records import CallOutcome, EndReason
from processors.frames import SayFrame

FAREWELL_SECONDS = 10.0
"""How long a last sentence may take before the call is ended without it."""
CLOSING_SECONDS = 5.0
"""How long the pipeline may take to end."""
TIME_IS_UP = "I'm sorry, we have reached the time limit of this call. Thank you for calling. Goodbye."
DEAF = "I'm sorry, I can't hear you because of a technical problem. Please call again later. Goodbye."
SHUTTING_DOWN = "I'm sorry, I have to end this call now. Please call again in a few minutes. Goodbye."
BROKEN = "I'm sorry, there is a technical problem. Please call again later. Goodbye."
"""Said by the telephone network itself, where the agent has no voice (any more)."""

_STREAM_ENDS = {
    StreamEnd.STOPPED: EndReason.CALLER_HUNG_UP,
    StreamEnd.CONNECTION_LOST: EndReason.CONNECTION_LOST,
    StreamEnd.MALFORMED: EndReason.MALFORMED_STREAM,
    StreamEnd.CLOSED_BY_US: EndReason.SHUTDOWN,
}
_OURS_TO_HANG_UP = frozenset(
    {
        EndReason.AGENT_ENDED,
        EndReason.MAX_DURATION,
        EndReason.SILENCE,
        EndReason.MALFORMED_STREAM,
        EndReason.SHUTDOWN,
        EndReason.ERROR,
    }
)


class CallSession:
    """Runs one call.

    Args:
        config: The call as it was announced.
        services: What the process shares.
        sink: Where events go.
    """

    def __init__(self, config: CallConfig, services: CallServices, sink: EventSink) -> None:
        self._config = config
        self._services = services
        self._sink = sink
        self._reason: EndReason | None = None
        self._error: str | None = None
        self._ending = asyncio.Event()
        self._hung_up = False
        self._speechless = False
        self._parts: CallParts | None = None
        self._timers: list[asyncio.TimerHandle] = []
        self._log = logger.bind(**_log_context(config))

    @property
    def conversation_id(self) -> str:
        """Whose call this is."""
        return self._config.conversation_id

    def end(self, reason: EndReason, error: str | None = None) -> None:
        """End the call now; the first reason given is the one that is stored."""
        if self._reason is None:
            self._reason = reason
            self._error = error or self._error
        self._ending.set()

    def shut_down(self) -> None:
        """The server is going down: tell the caller in one sentence, then end; bounded in time."""
        self._say_last(SHUTTING_DOWN, EndReason.SHUTDOWN)

    async def run(self, transport: CallTransport, stream_id: str) -> CallOutcome:
        """Serve the call until it is over; nothing of it is left when this returns.

        Whatever is logged meanwhile by anything that runs for this call names call, agent and workspace.

        Args:
            transport: Ready to run; closed by this.
            stream_id: What the far end calls its stream; empty where streams have no names.
        """
        with logger.contextualize(**_log_context(self._config)):
            return await self._run(transport, stream_id)

    async def _run(self, transport: CallTransport, stream_id: str) -> CallOutcome:
        config = self._config
        began, began_at = time.monotonic(), datetime.now(UTC)
        self._sink.emit(CallStarted(config.conversation_id, began_at.timestamp(), config.call_sid, stream_id))
        self._log.info("Call started")
        try:
            await self._serve(transport, began_at)
        except asyncio.CancelledError:
            self.end(EndReason.SHUTDOWN)
            raise
        except Exception as error:
            # Whatever broke, the caller must not be left on a dead line and the outcome must be stored.
            self._log.exception("The call failed")
            self._speechless = True
            self.end(EndReason.ERROR, type(error).__name__)
        finally:
            outcome = await self._conclude(transport, began)
        return outcome

    async def _conclude(self, transport: CallTransport, began: float) -> CallOutcome:
        """Leave no call, no stream and no open outcome behind."""
        await self._hang_up()
        await transport.close()
        reason = self._reason or EndReason.ERROR
        outcome = CallOutcome(reason, datetime.now(UTC), round(time.monotonic() - began, 2), self._error)
        self._sink.emit(CallEnded(self._config.conversation_id, outcome.ended_at.timestamp(), outcome))
        self._log.bind(reason=reason.value, seconds=outcome.duration_secs).info("Call ended")
        return outcome

    async def _hang_up(self) -> None:
        """End the call at Twilio, once, where it is ours to end; bounded by the telephony's own deadline."""
        if self._hung_up or self._reason not in _OURS_TO_HANG_UP:
            return
        self._hung_up = True
        telephony, call_sid = self._services.telephony, self._config.call_sid
        if self._speechless and await telephony.say_and_hang_up(call_sid, BROKEN):
            return
        await telephony.hang_up(call_sid)

    async def _serve(self, transport: CallTransport, began_at: datetime) -> None:
        hooks = CallHooks(self._sink.emit, self.end, self._deaf, self._mute)
        self._parts = parts = make_parts(
            self._config,
            self._services,
            transport,
            transport.media_format,
            hooks,
            began_at,
            native_tools=await self._has_native_tools(),
        )
        parts.speech_to_text.listener.start()
        parts.text_to_speech.speaker.start()
        worker = build_pipeline(parts)
        loop = asyncio.get_running_loop()
        self._timers.append(loop.call_later(self._config.agent.settings.max_duration_seconds, self._time_is_up))
        self._greet(parts, began_at)
        if self._services.prefill is not None:
            self._services.prefill.begin(parts.reply.requests.opening())
        stream = asyncio.create_task(transport.run(parts.plane), name="call-stream")
        pipeline = asyncio.create_task(run_worker(worker), name="call-pipeline")
        ending = asyncio.create_task(self._ending.wait(), name="call-ending")
        try:
            await asyncio.wait({stream, pipeline, ending}, return_when=asyncio.FIRST_COMPLETED)
            if not self._ending.is_set():
                self._note_end(stream, pipeline)
            # Before the stream is closed: the caller must not fall back into whatever TwiML comes next.
            await self._hang_up()
        finally:
            for timer in self._timers:
                timer.cancel()
            await self._close(parts, transport, worker, (stream, pipeline, ending))

    async def _has_native_tools(self) -> bool:
        model = self._config.agent.model_name
        try:
            return "tools" in await self._services.capabilities.capabilities(model)
        except VendorError as error:
            # The first reply will meet the same fault and say so; until then nothing is lost.
            self._log.bind(vendor=error.vendor).warning(error.message)
            return True

    def _note_end(self, stream: "asyncio.Task[StreamEnd]", pipeline: "asyncio.Task[None]") -> None:
        if stream.done():
            self.end(_STREAM_ENDS[stream.result()])
        else:
            pipeline.result()
            self._speechless = True
            self.end(EndReason.ERROR, "pipeline_ended")

    async def _close(
        self,
        parts: CallParts,
        transport: CallTransport,
        worker: PipelineWorker,
        tasks: tuple["asyncio.Task[object]", ...],
    ) -> None:
        parts.silence.close()
        playing = parts.plane.playback.drop()
        parts.plane.close()
        await transport.close()
        in_order = False
        try:
            async with asyncio.timeout(CLOSING_SECONDS):
                await worker.cancel(reason="call ended")
                await tasks[1]
            in_order = True
        except TimeoutError:
            self._log.warning("The pipeline did not end in time; cancelling it")
        except asyncio.CancelledError:
            if (current := asyncio.current_task()) is not None and current.cancelling():
                raise
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(
            parts.speech_to_text.listener.close(),
            parts.text_to_speech.speaker.close(),
            parts.executor.close(),
        )
        if playing is not None:
            parts.ledger.reply_heard(playing.generation, playing.text, interrupted=bool(playing.unheard))
        parts.ledger.close()
        self._parts = None
        if in_order:
            listener, speculation = parts.speech_to_text.listener, parts.reply.speculation
            take_apart(worker, (parts.plane.playback, parts.plane, listener, speculation))

    # --- things to say --------------------------------------------------------------------------------------

    def _greet(self, parts: CallParts, began_at: datetime) -> None:
        agent = self._config.agent
        variables = DynamicVariables.for_call(self._config, started_at=began_at)
        greeting = variables.render(agent.first_message).strip()
        if greeting:
            # With variables in it, it is about this caller.
            fixed = greeting == agent.first_message.strip()
            protected = agent.settings.disable_first_message_interruptions
            parts.bridge.submit(SayFrame(greeting, protected=protected, fixed=fixed))

    def _time_is_up(self) -> None:
        self._say_last(TIME_IS_UP, EndReason.MAX_DURATION)

    def _deaf(self, error: VendorError) -> None:
        self._error = error.message
        self._say_last(DEAF, EndReason.ERROR)

    def _mute(self, error: VendorError) -> None:
        self._speechless = True
        self.end(EndReason.ERROR, error.message)

    def _say_last(self, text: str, reason: EndReason) -> None:
        """Take the word, say one sentence that cannot be interrupted, and end; bounded in time."""
        parts = self._parts
        if parts is None or self._speechless:
            self.end(reason)
            return
        parts.plane.take_the_word()
        parts.text_to_speech.speaker.clear()
        parts.bridge.submit(SayFrame(text, protected=True, ends_call=reason, fixed=True))
        self._timers.append(asyncio.get_running_loop().call_later(FAREWELL_SECONDS, self.end, reason, self._error))


def _log_context(config: CallConfig) -> dict[str, str]:
    return {"call": config.call_sid, "agent": config.agent.agent_id, "workspace": config.agent.workspace_id}
