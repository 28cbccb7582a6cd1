"""The watch acts on the shared clock, in the agent's words."""

from collections.abc import Callable

from pipecat.frames.frames import Frame, LLMRunFrame

from bot.media.ticker import Ticker
from bot.silence_watch import FILLERS, NOBODY_THERE, STILL_THERE, SilenceHooks, SilenceWatch, silence_options
from data.agent_config import AgentSettings
from data.records import EndReason
from processors.frames import FillerFrame, SayFrame


class _Clock(Ticker):
    """Ticks when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.callbacks: list[Callable[[float], None]] = []

    def subscribe(self, callback: Callable[[float], None]) -> Callable[[], None]:
        self.callbacks.append(callback)
        return lambda: self.callbacks.remove(callback) if callback in self.callbacks else None

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.01)):
            self.now += 0.01
            for callback in tuple(self.callbacks):
                callback(self.now)


class _Call:
    def __init__(self, settings: AgentSettings, *, busy: bool = False) -> None:
        self.clock = _Clock()
        self.frames: list[Frame] = []
        hooks = SilenceHooks(lambda: False, lambda: busy, self.frames.append)
        self.watch = SilenceWatch(settings, hooks, self.clock, lambda: self.clock.now)

    def said(self) -> list[str]:
        return [frame.text for frame in self.frames if isinstance(frame, (SayFrame, FillerFrame))]


def test_prompts_and_goodbye_in_order() -> None:
    call = _Call(AgentSettings(turn_timeout=2.0))
    call.clock.run(10)
    assert call.said() == [*STILL_THERE, NOBODY_THERE]
    goodbye = call.frames[-1]
    assert isinstance(goodbye, SayFrame)
    assert goodbye.ends_call is EndReason.SILENCE


def test_an_answer_nobody_is_making_is_asked_for_again() -> None:
    call = _Call(AgentSettings())
    call.watch.turn_ended(words=True)
    call.clock.run(5)
    assert [type(frame) for frame in call.frames] == [FillerFrame, LLMRunFrame]


def test_the_agents_own_filler_comes_before_the_stock_ones() -> None:
    for message, expected in (("Let me see.", "Let me see."), ("", FILLERS[0])):
        call = _Call(AgentSettings(soft_timeout_message=message), busy=True)
        call.watch.turn_began()
        call.watch.turn_ended(words=True)
        call.clock.run(1.5)
        assert call.said() == [expected]


def test_a_closed_watch_holds_its_tongue() -> None:
    call = _Call(AgentSettings(turn_timeout=1.0))
    call.watch.close()
    call.watch.close()
    call.clock.run(5)
    assert call.frames == []


def test_left_alone_and_answered_nothing_is_said() -> None:
    call = _Call(AgentSettings(turn_timeout=1.0))
    call.watch.turn_ended(words=True)
    call.watch.leave_alone()
    call.watch.answered()
    call.clock.run(30)
    assert call.frames == []


def test_minus_one_is_for_ever_and_the_first_wait_has_a_value_of_its_own() -> None:
    options = silence_options(AgentSettings(turn_timeout=-1, soft_timeout_sec=-1, silence_end_call_timeout=30))
    assert (options.prompt_after, options.first_prompt_after, options.filler_after) == (None, None, None)
    assert options.goodbye_after == 30
    assert silence_options(AgentSettings(initial_wait_time=20)).first_prompt_after == 20
