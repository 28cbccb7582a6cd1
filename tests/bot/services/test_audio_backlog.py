"""The window on the call's audio that a new connection can be given again."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.services.audio_backlog import AudioBacklog

LIMIT = 50


class BacklogMachine(RuleBasedStateMachine):
    """Against a model: the whole audio, and two offsets."""

    def __init__(self) -> None:
        super().__init__()
        self.backlog = AudioBacklog(LIMIT)
        self.audio = b""
        self.kept_from = 0
        self.unsent_from = 0

    @rule(payload=st.binary(max_size=80))
    def append(self, payload: bytes) -> None:
        self.backlog.append(payload)
        self.audio += payload
        self.kept_from = max(self.kept_from, len(self.audio) - LIMIT)
        self.unsent_from = max(self.unsent_from, self.kept_from)

    @rule(limit=st.integers(0, 60))
    def take(self, limit: int) -> None:
        taken = self.backlog.take(limit)
        assert taken == self.audio[self.unsent_from : self.unsent_from + limit]
        self.unsent_from += len(taken)

    @rule(offset=st.integers(0, 400))
    def settle(self, offset: int) -> None:
        self.backlog.settle(offset)
        self.kept_from = max(self.kept_from, min(offset, self.unsent_from))

    @rule()
    def reconnect(self) -> None:
        assert self.backlog.rewind() == self.kept_from
        self.unsent_from = self.kept_from

    @invariant()
    def agrees(self) -> None:
        assert self.backlog.end == len(self.audio)
        assert self.backlog.unsent_from == self.unsent_from
        assert self.backlog.unsent == len(self.audio) - self.unsent_from


TestAudioBacklog = BacklogMachine.TestCase
TestAudioBacklog.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
