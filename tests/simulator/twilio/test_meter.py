from simulator.twilio.agent_speech import AgentSpeechChange, AgentSpeechDetector
from simulator.twilio.lateness import Lateness
from simulator.twilio.meter import CallMeter
from tests.simulator.twilio.fake_agent import tone_mulaw


def metered_turn() -> CallMeter:
    meter = CallMeter()
    meter.stream_started(1.0)
    meter.agent_audio(1.2, 800, playout_was_idle=True)
    meter.turn_started("question")
    return meter


def test_voice_to_voice_counts_from_the_last_speech_to_the_reply() -> None:
    meter = metered_turn()
    meter.caller_onset(5.0, agent_is_playing=False)
    meter.caller_last_speech(6.0)
    meter.agent_audio(6.7, 160, playout_was_idle=True)
    meter.agent_audio(6.8, 160, playout_was_idle=False)
    measures = meter.measures()
    [turn] = measures.turns
    assert round(turn.voice_to_voice_ms or 0) == 700
    assert round(measures.greeting_ms or 0) == 200
    assert turn.interruption_ms is turn.yield_ms is None


def test_a_barge_in_yields_when_its_last_sound_ends() -> None:
    meter = metered_turn()
    meter.caller_onset(5.0, agent_is_playing=True)
    meter.agent_heard(5.06)
    meter.cleared(5.08)
    meter.caller_last_speech(6.0)
    meter.cleared(6.1)
    meter.agent_audio(6.7, 160, playout_was_idle=True)
    meter.agent_heard(6.9)
    [turn] = meter.measures().turns
    assert round(turn.interruption_ms or 0) == 80
    assert round(turn.yield_ms or 0) == 60
    assert round(turn.voice_to_voice_ms or 0) == 700
    assert meter.measures().clears == 2


def test_an_agent_that_never_gives_way_has_no_yield_and_no_reply() -> None:
    meter = metered_turn()
    meter.caller_onset(5.0, agent_is_playing=True)
    meter.agent_heard(5.5)
    meter.caller_last_speech(6.0)
    meter.agent_audio(6.1, 160, playout_was_idle=False)
    [turn] = meter.measures().turns
    assert turn.yield_ms is turn.reply_at is turn.interruption_ms is None


def test_audio_that_begins_while_the_caller_speaks_is_premature() -> None:
    meter = metered_turn()
    meter.caller_onset(5.0, agent_is_playing=False)
    meter.agent_audio(5.5, 160, playout_was_idle=True)
    meter.caller_last_speech(6.0)
    [turn] = meter.measures().turns
    assert turn.premature_reply
    assert turn.voice_to_voice_ms is None


def test_only_short_holes_are_underruns() -> None:
    meter = CallMeter()
    meter.agent_audio(1.0, 160, playout_was_idle=True)
    meter.ran_dry(1.02)
    meter.agent_audio(1.05, 160, playout_was_idle=True)
    meter.ran_dry(1.07)
    meter.agent_audio(1.06, 160, playout_was_idle=False)
    meter.ran_dry(1.1)
    meter.cleared(1.2)
    meter.agent_audio(1.3, 160, playout_was_idle=True)
    meter.ran_dry(1.32)
    meter.agent_audio(3.0, 160, playout_was_idle=True)
    [underrun] = meter.measures().underruns
    assert round(underrun.gap_ms) == 30


def test_greeting_is_not_counted_for_a_caller_who_speaks_first() -> None:
    meter = CallMeter()
    meter.stream_started(1.0)
    meter.turn_started("hello")
    meter.caller_onset(1.1, agent_is_playing=False)
    meter.agent_audio(2.0, 160, playout_was_idle=True)
    assert meter.measures().greeting_ms is None


def test_speech_is_found_to_ten_milliseconds_and_bridges_pauses() -> None:
    detector = AgentSpeechDetector(pause_secs=0.1)
    loud, quiet = tone_mulaw(0.01), b"\xff" * 80
    assert detector.hear(quiet + loud, 1.0) is AgentSpeechChange.STARTED
    assert detector.started_at == 1.01
    assert detector.hear(quiet + quiet, 1.02) is None
    assert detector.hear(loud + quiet, 1.04) is None
    assert detector.last_audible_at == 1.05
    assert detector.hear(b"", 1.1) is None
    assert detector.hear(b"", 1.16) is AgentSpeechChange.STOPPED
    assert detector.hear(b"", 1.2) is None


def test_lateness_percentiles_and_merging() -> None:
    one, other = Lateness(), Lateness()
    assert one.percentile_ms(99) == 0.0
    one.add(0.001)
    other.add(0.003)
    one.merge(other)
    assert one.count == 2
    assert round(one.percentile_ms(50), 3) == 2.0
