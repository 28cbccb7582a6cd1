"""Speech-to-text as a processor: fed with audio by the media plane, speaks to the pipeline in transcripts."""

from collections.abc import Callable

from pipecat.frames.frames import InterimTranscriptionFrame, TranscriptionFrame
from pipecat.utils.time import time_now_iso8601

from bot.services.call_listener import CallListener
from bot.services.deepgram_listen import DeepgramListener, ListenOptions
from bot.services.flux_listen import FluxHooks, FluxListener
from bot.services.flux_options import FluxOptions
from bot.services.listen_result import ListenResult
from config.errors import VendorError
from processors.frames import TranscriptSettledFrame, TurnEndLikelyFrame
from processors.pumped import PumpedProcessor

CALLER = "caller"


class SpeechToText(PumpedProcessor):
    """Pushes interim and final transcripts, when they are settled, and likely ends where the model finds them.

    Args:
        options: How to transcribe.
        on_words: Told of every result with words, before the pipeline is (barge-in must not queue); words for
            which it returns False are no part of the conversation.
        on_settled: Told when everything up to the caller's pause was recognised.
        on_failure: Told once when Deepgram refuses for good.
    """

    def __init__(
        self,
        options: ListenOptions | FluxOptions,
        on_words: Callable[[ListenResult], bool],
        on_settled: Callable[[], None],
        on_failure: Callable[[VendorError], None],
    ) -> None:
        super().__init__("speech-to-text")
        self._on_words = on_words
        self._on_settled = on_settled
        self.listener: CallListener = (
            FluxListener(options, FluxHooks(self._on_result, self._on_likely_end, on_failure))
            if isinstance(options, FluxOptions)
            else DeepgramListener(options, self._on_result, on_failure)
        )

    async def stop(self) -> None:
        """Close the connection with the pipeline."""
        await self.listener.close()
        await super().stop()

    def _on_result(self, result: ListenResult, settles: bool) -> None:
        if result.text and self._on_words(result):
            if result.is_final:
                self.submit(
                    TranscriptionFrame(result.text, CALLER, time_now_iso8601(), result=result, finalized=settles)
                )
            else:
                self.submit(InterimTranscriptionFrame(result.text, CALLER, time_now_iso8601(), result=result))
        if settles:
            self._on_settled()
            self.submit(TranscriptSettledFrame())

    def _on_likely_end(self, text: str | None) -> None:
        self.submit(TurnEndLikelyFrame(text))
