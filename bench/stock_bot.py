"""The bot that everybody gets from pipecat itself: what the product is compared with.

It is what pipecat's own generator writes for a Twilio telephone bot with Deepgram and Ollama (`pipecat init`, bot
type telephony; `pipecat/cli/templates/server`, version 1.14): the same processors in the same order, and no
option of a service, transport, aggregator or worker that the template does not set. Different are only the
addresses, which are the simulator's; the greeting, which is spoken from text as the product's is, and not written
by the model; and one web application for all calls, where the generated one leaves that to pipecat's runner. It
has no documents, no tools, no storage and no signatures to check: what the product does besides is contained in
the product's figures.

A process of its own: `python -m bench.stock_bot --help`; `python -m bench stock` starts and measures it.
"""

import argparse
import sys
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI, Response, WebSocket
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import TTSSpeakFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.runner.utils import parse_telephony_websocket
from pipecat.serializers.twilio import TwilioFrameSerializer
from pipecat.services.deepgram.stt import DeepgramSTTService
from pipecat.services.deepgram.tts import DeepgramTTSService
from pipecat.services.ollama.llm import OLLamaLLMService
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.workers.runner import WorkerRunner
from twilio.twiml.voice_response import Connect, VoiceResponse

from bench.shop import FIRST_MESSAGE

INSTRUCTION = (
    "You are a helpful assistant in a voice conversation. Your responses will be spoken aloud, so avoid emojis, "
    "bullet points, or other formatting that can't be spoken. Respond to what the user said in a creative, "
    "helpful, and brief way."
)
"""The template's."""


@dataclass(frozen=True, slots=True)
class StockOptions:
    """Where everything is.

    Attributes:
        port: To listen on, on loopback.
        stream_url: `wss://…` that Twilio is told to stream to.
        deepgram_url: `http://…` of the simulator.
        ollama_url: Likewise.
        twilio_url: Likewise; calls are hung up there.
        account_sid: Of the simulated account.
        auth_token: Its token.
        model: Ollama's.
        voice: Deepgram's.
    """

    port: int
    stream_url: str
    deepgram_url: str
    ollama_url: str
    twilio_url: str
    account_sid: str
    auth_token: str
    model: str
    voice: str


def create_app(options: StockOptions) -> FastAPI:
    """The web application of the bot."""
    app = FastAPI()

    @app.get("/health/ready")
    async def ready() -> dict[str, str]:
        return {"status": "healthy"}

    @app.post("/voice/incoming")
    async def incoming() -> Response:
        response, connect = VoiceResponse(), Connect()
        connect.stream(url=options.stream_url)
        response.append(connect)
        return Response(str(response), media_type="text/xml")

    @app.websocket("/media-stream")
    async def stream(websocket: WebSocket) -> None:
        await websocket.accept()
        await run_bot(websocket, options)

    return app


async def run_bot(websocket: WebSocket, options: StockOptions) -> None:
    """One call, from its `start` message to its end."""
    _, call = await parse_telephony_websocket(websocket)
    transport = FastAPIWebsocketTransport(
        websocket=websocket,
        params=FastAPIWebsocketParams(
            audio_in_enabled=True,
            audio_out_enabled=True,
            add_wav_header=False,
            serializer=TwilioFrameSerializer(
                stream_sid=str(call["stream_id"]),
                call_sid=str(call["call_id"]),
                account_sid=options.account_sid,
                auth_token=options.auth_token,
                base_url=options.twilio_url,
            ),
        ),
    )
    stt = DeepgramSTTService(api_key="simulated", base_url=options.deepgram_url)
    tts = DeepgramTTSService(
        api_key="simulated",
        base_url=options.deepgram_url.replace("http", "ws", 1),
        settings=DeepgramTTSService.Settings(voice=options.voice),
    )
    llm = OLLamaLLMService(
        base_url=f"{options.ollama_url}/v1",
        settings=OLLamaLLMService.Settings(model=options.model, system_instruction=INSTRUCTION),
    )
    user_aggregator, assistant_aggregator = LLMContextAggregatorPair(
        LLMContext(),
        user_params=LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer()),
    )
    worker = PipelineWorker(
        Pipeline(
            [transport.input(), stt, user_aggregator, llm, tts, transport.output(), assistant_aggregator],
        ),
        params=PipelineParams(
            enable_metrics=True,
            enable_usage_metrics=True,
            audio_in_sample_rate=8000,
            audio_out_sample_rate=8000,
        ),
    )
    # The generated bot is told by pipecat's runner that signals are the web server's, as they are here.
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)

    @transport.event_handler("on_client_connected")  # type: ignore[untyped-decorator]
    async def on_client_connected(_transport: FastAPIWebsocketTransport, _client: WebSocket) -> None:
        await worker.queue_frames([TTSSpeakFrame(FIRST_MESSAGE)])

    @transport.event_handler("on_client_disconnected")  # type: ignore[untyped-decorator]
    async def on_client_disconnected(_transport: FastAPIWebsocketTransport, _client: WebSocket) -> None:
        await runner.cancel()

    await runner.run()


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description="The stock pipecat bot, against the simulator's vendors.")
    parser.add_argument("--port", type=int, required=True)
    names = [name for name in StockOptions.__dataclass_fields__ if name != "port"]
    for name in names:
        parser.add_argument("--" + name.replace("_", "-"), required=True)
    namespace = parser.parse_args()
    # As quiet as the product's own log: what is written down is part of what is measured.
    logger.remove()
    logger.add(sys.stderr, level="INFO")
    options = StockOptions(port=namespace.port, **{name: getattr(namespace, name) for name in names})
    uvicorn.run(create_app(options), host="127.0.0.1", port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
