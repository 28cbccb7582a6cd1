"""How a call is transcribed by Flux, and how eagerly it ends the caller's turns."""

from dataclasses import dataclass

from bot.media.format import MediaFormat
from bot.services.deepgram_socket import QueryValue, live_url
from data.agent_config import TurnEagerness

MULTILINGUAL_MODEL = "flux-general-multi"
LONGEST_TURN_END_SECONDS = 4.0
"""Most silence that Flux is given, whatever the agent's threshold: the call itself ends a stuck turn after 5 s."""


@dataclass(frozen=True, slots=True)
class FluxPatience:
    """When Flux ends a turn.

    Attributes:
        end: Certainty (0.5 to 1) that ends it.
        likely_end: Certainty (0.3 to 0.9) at which a reply is begun early.
        silence_seconds: Silence that ends it however uncertain Flux is.
    """

    end: float
    likely_end: float
    silence_seconds: float


FLUX_PATIENCE = {
    TurnEagerness.EAGER: FluxPatience(end=0.6, likely_end=0.3, silence_seconds=1.2),
    TurnEagerness.NORMAL: FluxPatience(end=0.7, likely_end=0.4, silence_seconds=2.0),
    TurnEagerness.PATIENT: FluxPatience(end=0.85, likely_end=0.5, silence_seconds=3.0),
}
"""Certainties after Deepgram's own profiles (low latency 0.4 and 0.7, high reliability 0.85); silences as those of
other models after what plainly goes on (`bot/patience.py`)."""


@dataclass(frozen=True, slots=True)
class FluxOptions:
    """How a call is transcribed.

    Attributes:
        base_url: `ws(s)://host` of Deepgram or a stand-in.
        api_key: Its key.
        model: `flux-general-en` or `flux-general-multi`.
        language: BCP 47; a hint to the multilingual model, without meaning to the other.
        media_format: Format of the audio given to `send_audio`.
        patience: When turns end.
        threshold: The agent's `silence_threshold_sec`: never less silence than this ends what is uncertain.
        early: Whether likely ends are of use.
    """

    base_url: str
    api_key: str
    model: str
    language: str
    media_format: MediaFormat
    patience: FluxPatience
    threshold: float
    early: bool

    @property
    def longest_silence(self) -> float:
        """Seconds of silence after which Flux ends a turn at the latest."""
        return min(max(self.patience.silence_seconds, self.threshold), LONGEST_TURN_END_SECONDS)

    def url(self) -> str:
        """Address with all parameters."""
        query: dict[str, QueryValue] = {
            "model": self.model,
            "encoding": self.media_format.encoding.value,
            "sample_rate": self.media_format.sample_rate,
            "eot_threshold": self.patience.end,
            "eot_timeout_ms": round(self.longest_silence * 1000),
        }
        if self.early:
            query["eager_eot_threshold"] = self.patience.likely_end
        if self.model == MULTILINGUAL_MODEL:
            query["language_hint"] = self.language.partition("-")[0]
        return live_url(self.base_url, "/v2/listen", query)
