"""One early reply, from both sides."""

from bot.events import CallEvent, ReplySpeculated, SpeculationStage
from bot.generations import Generations
from bot.speculation import NEVER, Speculation, SpeculationHooks, same_words
from bot.turn_ledger import TurnLedger


class Desk:
    def __init__(self, *, may_begin: bool = True) -> None:
        self.events: list[CallEvent] = []
        self.forgotten: list[int] = []
        self.released_held: list[bool] = []
        self.generations = Generations()
        ledger = TurnLedger("conv_1", self.events.append, lambda: 0.0)
        hooks = SpeculationHooks(lambda: may_begin, self.forgotten.append, self._release)
        self.speculation = Speculation(self.generations, ledger, hooks)

    def _release(self) -> None:
        self.released_held.append(self.generations.is_held(1))

    @property
    def stages(self) -> list[tuple[SpeculationStage, int]]:
        return [(e.stage, e.wasted_tokens) for e in self.events if isinstance(e, ReplySpeculated)]


def test_an_early_reply_that_was_right_may_be_heard_from_then_on() -> None:
    desk = Desk()
    assert desk.speculation.begin("How much?")
    assert desk.speculation.is_wanted("How much?")
    generation = desk.speculation.started()
    assert desk.generations.is_held(generation)
    desk.speculation.turn_over()
    desk.speculation.used(generation)
    assert desk.released_held == [False]
    assert desk.generations.is_current(generation)
    assert desk.stages == [(SpeculationStage.STARTED, 0), (SpeculationStage.USED, 0)]
    assert desk.forgotten == []


def test_an_early_reply_that_is_dropped_is_stale_and_forgotten_by_playback() -> None:
    desk = Desk()
    desk.speculation.begin("How much?")
    generation = desk.speculation.started()
    assert desk.speculation.withdraw()
    assert not desk.speculation.withdraw()
    assert not desk.speculation.is_wanted("How much?")
    desk.speculation.dropped(generation, 7)
    assert not desk.generations.is_current(generation)
    assert desk.forgotten == [generation]
    assert desk.stages == [(SpeculationStage.STARTED, 0), (SpeculationStage.DROPPED, 7)]


def test_nothing_is_begun_where_nothing_may_be() -> None:
    for speculation in (Desk(may_begin=False).speculation, Speculation(Generations(), _ledger(), NEVER)):
        assert not speculation.begin("How much?")
        assert speculation.text is None


def test_case_and_punctuation_make_no_other_words() -> None:
    assert same_words("how much is it", "How much is it?")
    assert not same_words("how much is it", "How much is that?")


def _ledger() -> TurnLedger:
    return TurnLedger("conv_1", lambda _event: None, lambda: 0.0)
