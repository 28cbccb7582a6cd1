"""How the simulated Deepgram behaves: latencies, limits, voices."""

from dataclasses import dataclass, field

from simulator.faults import FaultRules

# The vendor's voices, mapped to espeak-ng voices that can be told apart.
DEFAULT_VOICES: dict[str, str] = {
    "aura-2-thalia-en": "en-us+f3",
    "aura-2-helena-en": "en-us+f4",
    "aura-2-andromeda-en": "en-us+f2",
    "aura-2-asteria-en": "en-us+f1",
    "aura-2-luna-en": "en-us+f5",
    "aura-2-apollo-en": "en-us",
    "aura-2-arcas-en": "en-us+m3",
    "aura-2-orion-en": "en-us+m4",
    "aura-2-zeus-en": "en-us+m7",
    "aura-2-draco-en": "en-gb",
    "aura-2-pandora-en": "en-gb+f3",
    "aura-asteria-en": "en-us+f1",
    "aura-luna-en": "en-us+f5",
    "aura-orion-en": "en-us+m4",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepgramOptions:
    """Times in seconds.

    Attributes:
        stt_final_seconds: From the end of speech in the received audio, or from Finalize, to the final result.
        stt_interim_seconds: From the audio to its interim result.
        stt_interim_every: Between two interim results.
        stt_commit_every: Speech without a pause gives a final (not `speech_final`) this often.
        tts_first_byte_seconds: From Flush, or from enough text, to the first audio.
        tts_realtime_factor: After the first byte audio comes this many times faster than it plays.
        tts_clear_seconds: From Clear to Cleared; audio still comes in between, as it does over a real network.
        tts_auto_start_characters: Whole sentences of this length together are spoken without a Flush.
        jitter_seconds: Up to this much more for each of the latencies above.
        jitter_seed: Makes the variation repeatable.
        idle_seconds: A listen stream without audio or KeepAlive for this long is closed with 1011 (NET-0001).
        max_text_characters: Per Speak message and REST request.
        max_flushes: Per `flush_window_seconds`.
        accepted_keys: API keys that are good; empty means any but `rejected_keys`.
        rejected_keys: API keys that are answered 401.
        voices: Model name to espeak-ng voice; other models are refused.
        words_per_minute: Speaking rate of text to speech.
        phrases: Utterances that the recogniser knows from the start.
        phrase_voices: espeak-ng voices that speak them, and those registered without a voice.
        faults: Rules in force from the start.
    """

    stt_final_seconds: float = 0.15
    stt_interim_seconds: float = 0.1
    stt_interim_every: float = 0.3
    stt_commit_every: float = 5.0
    tts_first_byte_seconds: float = 0.15
    tts_realtime_factor: float = 8.0
    tts_clear_seconds: float = 0.02
    tts_auto_start_characters: int = 100
    jitter_seconds: float = 0.0
    jitter_seed: int = 0
    idle_seconds: float = 10.0
    max_text_characters: int = 2000
    max_flushes: int = 20
    flush_window_seconds: float = 60.0
    accepted_keys: frozenset[str] = frozenset()
    rejected_keys: frozenset[str] = frozenset({"bad-key", "invalid"})
    voices: dict[str, str] = field(default_factory=lambda: dict(DEFAULT_VOICES))
    words_per_minute: int = 175
    phrases: tuple[str, ...] = ()
    phrase_voices: tuple[str, ...] = ("en-us",)
    faults: FaultRules = field(default_factory=FaultRules)
