"""What is to be done about silence, as a pure state machine.

Two kinds of it. While the caller waits for an answer, silence is the agent's fault: a filler is said, and where
none is being made at all, it is begun again and at last apologised for. While nobody owes anything, it is the
caller who is away: they are asked whether they are still there, and after a while the call ends with a goodbye.
"""

from dataclasses import dataclass
from enum import StrEnum

FILLER_AGAIN_SECONDS = 2.8
"""Silence after which another filler is due: said within the second that a voice may take, none passes 4 s."""
DEAD_SECONDS = 4.0
"""Silence, an answer being owed, after which something is taken to have got lost."""
MOST_PROMPTS = 2
"""How often in a row a silent caller is asked; after that comes the goodbye."""
LONGEST_SKIP_SECONDS = 120.0
"""How long a caller who asked for a moment is left alone."""


class SilenceAction(StrEnum):
    """What to do now."""

    FILL = "fill"
    RETRY = "retry"
    APOLOGISE = "apologise"
    PROMPT = "prompt"
    GOODBYE = "goodbye"


@dataclass(frozen=True, slots=True)
class SilenceOptions:
    """How long silence may last, in seconds; None is for ever.

    Attributes:
        filler_after: An answer being owed, until the first filler.
        prompt_after: Nothing being owed, until the caller is asked whether they are there.
        first_prompt_after: The same for a caller who is to speak first.
        goodbye_after: Since the caller or an answer was last heard, until the call ends. None: the call ends
            when `MOST_PROMPTS` were in vain.
    """

    filler_after: float | None = 1.2
    prompt_after: float | None = 7.0
    first_prompt_after: float | None = 7.0
    goodbye_after: float | None = None


class Silence:
    """Watches one call; told of turns, and asked again and again.

    Args:
        options: The agent's.
        now: When the call began. All times are on one clock, in seconds.
    """

    def __init__(self, options: SilenceOptions, now: float) -> None:
        self._options = options
        self._quiet_since = now
        self._engaged_at = now
        self._owed_since: float | None = None
        self._turn_is_open = False
        self._anybody_spoke = False
        self._filled_at: float | None = None
        self._tried = 0
        self._prompts = 0
        self._left_alone_until = 0.0
        self._over = False

    def turn_began(self) -> None:
        """The caller has the word."""
        self._turn_is_open = True
        self._left_alone_until = 0.0

    def turn_ended(self, now: float, *, words: bool) -> None:
        """The caller's turn is over; with words an answer is owed."""
        self._turn_is_open = False
        self._engaged_at = now
        if words:
            self._anybody_spoke = True
            self._prompts = 0
            self._owe(now)

    def answered(self, now: float) -> None:
        """A reply is over for the caller."""
        self._owed_since = None
        if not self._prompts:
            self._engaged_at = now

    def leave_alone(self, now: float) -> None:
        """The caller wants a moment: nothing is said until they speak, or for `LONGEST_SKIP_SECONDS`."""
        self._left_alone_until = now + LONGEST_SKIP_SECONDS

    def look(self, now: float, *, sound: bool, busy: bool = False) -> SilenceAction | None:
        """What to do now, each thing once.

        Args:
            now: The time.
            sound: Whether caller or agent are heard at this moment.
            busy: Whether a reply is being made; it has deadlines of its own, and is not lost.
        """
        if sound:
            self._quiet_since = now
            self._anybody_spoke = True
        if sound or self._over or self._turn_is_open:
            return None
        if self._owed_since is not None:
            return self._about_answer(now, self._owed_since, busy=busy)
        return self._about_caller(now)

    def _owe(self, now: float) -> None:
        self._owed_since = now
        self._filled_at = None
        self._tried = 0

    def _about_answer(self, now: float, owed_since: float, *, busy: bool) -> SilenceAction | None:
        quiet = now - max(self._quiet_since, owed_since)
        if not busy and quiet >= DEAD_SECONDS * (self._tried + 1):
            self._tried += 1
            if self._tried == 1:
                return SilenceAction.RETRY
            self._owed_since = None
            self._quiet_since = now
            return SilenceAction.APOLOGISE
        filler_after = self._options.filler_after
        if filler_after is None:
            return None
        again = self._filled_at is not None
        # A filler that was asked for and not heard is not asked for twice: what is wrong is more than slowness.
        asked_in_vain = self._filled_at is not None and self._filled_at >= self._quiet_since
        if not asked_in_vain and quiet >= (FILLER_AGAIN_SECONDS if again else filler_after):
            self._filled_at = now
            return SilenceAction.FILL
        return None

    def _about_caller(self, now: float) -> SilenceAction | None:
        options = self._options
        if options.goodbye_after is not None and now - self._engaged_at >= options.goodbye_after:
            return self._goodbye()
        wait = options.prompt_after if self._anybody_spoke else options.first_prompt_after
        if wait is None or now < self._left_alone_until or now - self._quiet_since < wait:
            return None
        if self._prompts >= MOST_PROMPTS:
            return self._goodbye() if options.goodbye_after is None else None
        self._prompts += 1
        self._quiet_since = now
        return SilenceAction.PROMPT

    def _goodbye(self) -> SilenceAction:
        self._over = True
        return SilenceAction.GOODBYE
