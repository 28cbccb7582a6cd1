"""What a call needs of speech-to-text, whichever model it is, and the choice between them by the model's name."""

from typing import Protocol

from bot.media.format import MediaFormat
from bot.media.uplink import AudioConsumer, PieceSizes
from bot.services.deepgram_listen import ListenOptions
from bot.services.flux_options import FLUX_PATIENCE, FluxOptions
from data.agent_config import AgentConfig


class CallListener(AudioConsumer, Protocol):
    """One call's connection to a recogniser; told of the caller's audio, and of their pauses."""

    @property
    def pieces(self) -> PieceSizes:
        """How it wants the audio cut."""

    def start(self) -> None:
        """Begin connecting; audio may be sent before and meanwhile."""

    async def close(self) -> None:
        """End the stream and free everything; idempotent."""


def listen_options(
    base_url: str, api_key: str, model: str, agent: AgentConfig, media_format: MediaFormat
) -> ListenOptions | FluxOptions:
    """How a call with this agent is transcribed.

    Args:
        base_url: `ws(s)://host` of Deepgram or a stand-in.
        api_key: Its key.
        model: `DEEPGRAM_STT_MODEL`; Flux models find the ends of turns themselves.
        agent: Who is called.
        media_format: Format of the caller's audio.
    """
    settings = agent.settings
    if not model.startswith("flux"):
        return ListenOptions(base_url, api_key, model, settings.language, media_format)
    return FluxOptions(
        base_url,
        api_key,
        model,
        settings.language,
        media_format,
        patience=FLUX_PATIENCE[settings.turn_eagerness],
        threshold=agent.silence_threshold_sec,
        early=settings.speculative_turn,
    )
