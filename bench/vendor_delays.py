"""How long the simulated vendors take: the same in every measurement, so that figures can be compared."""

from pydantic import BaseModel, ConfigDict


class VendorDelays(BaseModel):
    """The vendors' own time.

    Attributes:
        stt_final_ms: End of speech, or Finalize, to the final transcript.
        llm_first_token_ms: Request to first token.
        llm_tokens_per_second: Speed of a reply from there on.
        tts_first_byte_ms: Text to its first audio.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    stt_final_ms: int = 150
    llm_first_token_ms: int = 200
    llm_tokens_per_second: int = 60
    tts_first_byte_ms: int = 150

    @property
    def floor_ms(self) -> int:
        """What no server can be quicker than; voice-to-voice above it is the server's overhead."""
        return self.stt_final_ms + self.llm_first_token_ms + self.tts_first_byte_ms

    def deepgram_arguments(self) -> list[str]:
        """For `python -m simulator deepgram`."""
        return [
            "--stt-final-seconds",
            str(self.stt_final_ms / 1000),
            "--tts-first-byte-seconds",
            str(self.tts_first_byte_ms / 1000),
        ]

    def ollama_arguments(self, parallel: int) -> list[str]:
        """For `python -m simulator ollama`, with room for so many replies at once."""
        return [
            "--first-token-seconds",
            str(self.llm_first_token_ms / 1000),
            "--tokens-per-second",
            str(self.llm_tokens_per_second),
            "--parallel",
            str(parallel),
        ]
