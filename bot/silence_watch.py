"""Breaks a call's silence: asks `Silence` on the process's shared clock, and has said what it decides."""

from collections.abc import Callable
from dataclasses import dataclass

from loguru import logger
from pipecat.frames.frames import Frame, LLMRunFrame

from bot.media.ticker import Ticker
from bot.silence import Silence, SilenceAction, SilenceOptions
from data.agent_config import AgentSettings
from data.records import EndReason
from processors.frames import FillerFrame, SayFrame

LOOK_EVERY_SECONDS = 0.1
FILLERS = ("One moment, please.", "Just a moment.", "I'm still on it.")
STILL_THERE = ("Are you still there?", "Hello? Can you hear me?")
NO_ANSWER = "I'm sorry, something went wrong. Could you say that again, please?"
NOBODY_THERE = "I can't hear you any more, so I'll hang up now. Please call again any time. Goodbye."


def silence_options(settings: AgentSettings) -> SilenceOptions:
    """What an agent's settings say of silence; -1 there is None here."""
    wait = _seconds(settings.turn_timeout)
    first = settings.initial_wait_time
    return SilenceOptions(
        filler_after=_seconds(settings.soft_timeout_sec),
        prompt_after=wait,
        first_prompt_after=wait if first is None else _seconds(first),
        goodbye_after=_seconds(settings.silence_end_call_timeout),
    )


def _seconds(setting: float) -> float | None:
    return setting if setting > 0 else None


@dataclass(frozen=True, slots=True)
class SilenceHooks:
    """What the watch needs of the call.

    Attributes:
        sound: Whether caller or agent are heard at this moment.
        busy: Whether a reply is being made or waits to be heard.
        submit: Puts a frame at the head of the pipeline.
    """

    sound: Callable[[], bool]
    busy: Callable[[], bool]
    submit: Callable[[Frame], None]


class SilenceWatch:
    """One call's; told of turns, it acts by itself until closed.

    Args:
        settings: The agent's.
        hooks: The call.
        ticker: The process's clock.
        clock: The loop's time.
    """

    def __init__(
        self, settings: AgentSettings, hooks: SilenceHooks, ticker: Ticker, clock: Callable[[], float]
    ) -> None:
        self._silence = Silence(silence_options(settings), clock())
        self._fillers = (settings.soft_timeout_message,) if settings.soft_timeout_message else FILLERS
        self._hooks = hooks
        self._clock = clock
        self._said: dict[SilenceAction, int] = {}
        self._look_at = 0.0
        self._unsubscribe = ticker.subscribe(self._tick)

    def turn_began(self) -> None:
        """The caller has the word."""
        self._silence.turn_began()

    def turn_ended(self, *, words: bool) -> None:
        """The caller's turn is over; with words an answer is owed."""
        self._silence.turn_ended(self._clock(), words=words)

    def answered(self) -> None:
        """A reply is over for the caller."""
        self._silence.answered(self._clock())

    def leave_alone(self) -> None:
        """The caller wants a moment (`skip_turn`)."""
        self._silence.leave_alone(self._clock())

    def close(self) -> None:
        """Say nothing more; idempotent."""
        self._unsubscribe()

    def _tick(self, now: float) -> None:
        if now < self._look_at:
            return
        self._look_at = now + LOOK_EVERY_SECONDS
        action = self._silence.look(now, sound=self._hooks.sound(), busy=self._hooks.busy())
        if action is not None:
            logger.bind(action=action.value).info("Breaking the silence")
            self._hooks.submit(self._frame(action))

    def _frame(self, action: SilenceAction) -> Frame:
        times = self._said.get(action, 0)
        self._said[action] = times + 1
        match action:
            case SilenceAction.FILL:
                return FillerFrame(self._fillers[times % len(self._fillers)])
            case SilenceAction.RETRY:
                return LLMRunFrame()
            case SilenceAction.APOLOGISE:
                return SayFrame(NO_ANSWER, fixed=True)
            case SilenceAction.PROMPT:
                return SayFrame(STILL_THERE[times % len(STILL_THERE)], fixed=True)
            case SilenceAction.GOODBYE:
                return SayFrame(NOBODY_THERE, ends_call=EndReason.SILENCE, fixed=True)
