"""Whether everything that the demo promises really happened: pure judgement over what was gathered."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cli.demo_recording import Recording
from cli.demo_script import DemoScript, HeardScript, words
from cli.demo_transcript import BOOKING_TOOL, Conversation, Speaker, TurnBody
from simulator.twilio.call_record import CallEnder
from simulator.twilio.results import ScenarioResult

YIELD_WITHIN_MS = 800.0
"""From the caller's first sound to the agent's silence."""
BOOKED = "booked"
ASKED = "needs_confirmation"
_GOODBYE = re.compile(r"\b(?:good ?bye|bye|farewell|take care|thank you for calling|have a)\b", re.IGNORECASE)


class Verdict(StrEnum):
    """What a check means for the demo."""

    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """One promise.

    Attributes:
        name: The promise.
        verdict: Whether it was kept; warned where a real vendor's own choice of words decides.
        detail: What was found.
    """

    name: str
    verdict: Verdict
    detail: str


@dataclass(frozen=True, slots=True)
class DemoEvidence:
    """Everything that was gathered.

    Attributes:
        script: What the caller said.
        result: What the caller measured.
        conversation: What was stored.
        recording: What the caller recorded; None if there is no file.
        predictable: Both speech and model were simulated.
        written_replies: What the simulated model wrote, whole; empty with a real one.
    """

    script: DemoScript
    result: ScenarioResult
    conversation: Conversation
    recording: Recording | None
    predictable: bool
    written_replies: tuple[str, ...] = ()


def judge(evidence: DemoEvidence) -> tuple[Check, ...]:
    """All checks, in the order of the call."""
    judges = (
        _greeted,
        _answered,
        _silenced,
        _only_heard_words,
        _interruption_answered,
        _asked_for_consent,
        _nothing_before_yes,
        _booked_once,
        _hung_up,
        _completed,
        _recorded,
        _script_done,
    )
    heard = HeardScript(evidence.script, evidence.conversation)
    return tuple(check(evidence, heard) for check in judges)


def demo_passed(checks: Sequence[Check]) -> bool:
    """Whether nothing failed; warnings do not count."""
    return all(check.verdict is not Verdict.FAILED for check in checks)


def _fact(name: str, happened: bool, detail: str) -> Check:
    return Check(name, Verdict.PASSED if happened else Verdict.FAILED, detail)


def _wording(evidence: DemoEvidence, name: str, happened: bool, detail: str) -> Check:
    """A check that depends on what a model says: with a real one it only warns."""
    missed = Verdict.FAILED if evidence.predictable else Verdict.WARNED
    return Check(name, Verdict.PASSED if happened else missed, detail)


def _greeted(evidence: DemoEvidence, heard: HeardScript) -> Check:
    name = "The agent greeted the caller"
    first = next(iter(evidence.conversation.transcript), None)
    greeting_ms = evidence.result.measures.greeting_ms
    if first is None or first.role is not Speaker.AGENT or not first.text or first.interrupted:
        return _fact(name, False, "the first turn is no whole greeting")
    if greeting_ms is None:
        return _fact(name, False, "the caller heard no greeting")
    return _fact(name, True, f"first sound {greeting_ms:.0f} ms after the stream began")


def _answered(evidence: DemoEvidence, heard: HeardScript) -> Check:
    name = "The question was answered from the documents"
    turns = heard.answers(evidence.script.question)
    text = " ".join(turn.text for turn in turns)
    passages = sum(turn.passages for turn in turns)
    found = re.search(evidence.script.fact, text, re.IGNORECASE)
    if found is None:
        return _wording(evidence, name, False, f"{evidence.script.fact!r} is not in {text!r}")
    return _wording(evidence, name, passages > 0, f"{found[0]!r}, from {passages} passages")


def _silenced(evidence: DemoEvidence, heard: HeardScript) -> Check:
    name = "The interruption silenced the agent"
    said = [turn for turn in evidence.result.measures.turns if turn.text == evidence.script.interruption]
    if not said or not said[0].agent_was_speaking:
        return _fact(name, False, "the caller did not speak over the agent")
    cleared, silent = said[0].interruption_ms, said[0].yield_ms
    if cleared is None or silent is None:
        return _fact(name, False, "no clear came")
    return _fact(name, silent <= YIELD_WITHIN_MS, f"clear after {cleared:.0f} ms, silence after {silent:.0f} ms")


def _only_heard_words(evidence: DemoEvidence, heard: HeardScript) -> Check:
    name = "The transcript ends the interrupted reply where the caller ceased to hear it"
    turn = heard.agent_turn_before(evidence.script.interruption)
    if turn is None or not turn.interrupted:
        return _fact(name, False, "no interrupted turn stands before the interruption")
    if not evidence.predictable:
        return _fact(name, bool(turn.text), f"… {_tail(turn.text)}")
    whole = _reply_that_begins(turn, evidence.written_replies)
    if whole is None:
        return _fact(name, False, f"the model wrote no reply that begins so: {turn.text!r}")
    kept, all_words = len(words(turn.text)), len(words(whole))
    return _fact(name, kept < all_words, f"{kept} of {all_words} words, … {_tail(turn.text)}")


def _interruption_answered(evidence: DemoEvidence, heard: HeardScript) -> Check:
    name = "The interruption was answered"
    text = " ".join(turn.text for turn in heard.answers(evidence.script.interruption))
    found = re.search(evidence.script.interruption_fact, text, re.IGNORECASE)
    return _wording(evidence, name, found is not None, repr(found[0]) if found else f"not in {text!r}")


def _asked_for_consent(evidence: DemoEvidence, heard: HeardScript) -> Check:
    asking = [turn for turn in heard.answers(evidence.script.booking) if ASKED in turn.statuses(BOOKING_TOOL)]
    detail = asking[-1].text if asking else "the booking tool was not held back for a yes"
    return _wording(evidence, "The booking asked for consent", bool(asking), detail)


def _nothing_before_yes(evidence: DemoEvidence, heard: HeardScript) -> Check:
    yes = heard.position(evidence.script.consent)
    early = [turn for turn in _bookings(evidence) if yes is None or turn.position < yes]
    detail = f"booked in turn {early[0].position} already" if early else "no booking before it"
    return _fact('Nothing was booked before the "yes"', not early, detail)


def _booked_once(evidence: DemoEvidence, heard: HeardScript) -> Check:
    yes = heard.position(evidence.script.consent)
    late = [turn for turn in _bookings(evidence) if yes is not None and turn.position > yes]
    count = sum(turn.statuses(BOOKING_TOOL).count(BOOKED) for turn in late)
    return _wording(evidence, 'One appointment was booked after the "yes"', count == 1, f"{count} booked")


def _hung_up(evidence: DemoEvidence, heard: HeardScript) -> Check:
    name = "The agent said goodbye and ended the call"
    turns = evidence.conversation.transcript
    last = turns[-1] if turns else None
    reason, ender = evidence.conversation.end_reason, evidence.result.ended_by
    if reason != "agent_ended" or ender is not CallEnder.REST:
        return _wording(evidence, name, False, f"ended by {ender.value if ender else 'nobody'} ({reason})")
    if last is None or last.role is not Speaker.AGENT or last.interrupted or not _GOODBYE.search(last.text):
        return _wording(evidence, name, False, f"the last turn is no goodbye: {last.text if last else ''!r}")
    return _wording(evidence, name, True, f"{_tail(last.text)!r}, hung up over Twilio's REST API")


def _completed(evidence: DemoEvidence, heard: HeardScript) -> Check:
    conversation = evidence.conversation
    done = conversation.status == "completed" and conversation.duration_secs > 0
    detail = f"{conversation.status}, {conversation.duration_secs:.1f} s, {len(conversation.transcript)} turns"
    return _fact("The conversation is stored as completed", done, detail)


def _recorded(evidence: DemoEvidence, heard: HeardScript) -> Check:
    name = "The recording holds both voices"
    recording = evidence.recording
    if recording is None:
        return _fact(name, False, "there is no WAV file")
    levels = " and ".join(f"{level:.0f}" for level in recording.levels)
    return _fact(name, recording.has_both_voices, f"{recording.seconds:.1f} s, levels {levels}")


def _script_done(evidence: DemoEvidence, heard: HeardScript) -> Check:
    name = "The caller got through the whole call"
    failures = evidence.result.failures
    details = "; ".join(f"step {step.number} ({step.name}): {step.detail}" for step in failures)
    return _wording(evidence, name, not failures, details or f"{len(evidence.result.steps)} steps")


def _bookings(evidence: DemoEvidence) -> list[TurnBody]:
    return [turn for turn in evidence.conversation.transcript if BOOKED in turn.statuses(BOOKING_TOOL)]


def _reply_that_begins(turn: TurnBody, replies: Sequence[str]) -> str | None:
    """The longest written reply that begins with what was heard; the last heard word may be cut."""
    begun = words(turn.text)[:-1]
    whole = [reply for reply in replies if begun and words(reply)[: len(begun)] == begun]
    return max(whole, key=len, default=None)


def _tail(text: str, length: int = 60) -> str:
    return text if len(text) <= length else text[-length:].partition(" ")[2]
