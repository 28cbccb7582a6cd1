"""The simulated vendors of a test run: Deepgram, Ollama and Twilio on loopback, quick and obedient."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette

from simulator.deepgram.app import create_app as deepgram_app
from simulator.deepgram.options import DeepgramOptions
from simulator.deepgram.service import DeepgramService
from simulator.deepgram.speech import encode_speech
from simulator.faults import FaultPlan, FaultRule, FaultRules
from simulator.hosting import serve_app
from simulator.ollama.app import create_app as ollama_app
from simulator.ollama.faults import Fault, FaultKind
from simulator.ollama.options import OllamaOptions, ScriptedReply
from simulator.twilio.app import create_app as twilio_app
from simulator.twilio.options import TwilioOptions
from simulator.twilio.routes import PublicRoute
from simulator.twilio.state import TwilioState
from simulator.voice import synthesize

AGENT_VOICE = "aura-2-thalia-en"
CALLER_WORDS_PER_MINUTE = 380
AGENT_WORDS_PER_MINUTE = 850
"""Everybody talks fast: a call test takes as long as what is said in it."""

_DEEPGRAM = DeepgramOptions(
    stt_final_seconds=0.05,
    stt_interim_seconds=0.05,
    stt_interim_every=0.15,
    tts_first_byte_seconds=0.05,
    words_per_minute=AGENT_WORDS_PER_MINUTE,
)
_OLLAMA = OllamaOptions(load_seconds=0, first_token_seconds=0.05, tokens_per_second=200, jitter=0)


@dataclass
class Vendors:
    """All three, running.

    Attributes:
        deepgram: Its book, faults and counters.
        twilio: The account over which calls are placed.
    """

    deepgram_url: str
    ollama_url: str
    twilio_url: str
    deepgram: DeepgramService
    twilio: TwilioState
    http: httpx.AsyncClient

    @property
    def deepgram_port(self) -> int:
        """Where its WebSockets lead."""
        return urlsplit(self.deepgram_url).port or 0

    def route(self, public_url: str, real_url: str) -> None:
        """Make a public URL lead to a server of this process, for calls placed from now on."""
        routes = (*self.twilio.options.routes, PublicRoute(public_url, real_url))
        self.twilio.options = replace(self.twilio.options, routes=routes)

    async def teach(self, *texts: str) -> None:
        """Let the recogniser understand what a caller is going to say."""
        learn: Callable[[str], None] = self._learn
        for text in texts:
            await asyncio.to_thread(learn, text)

    def _learn(self, text: str) -> None:
        self.deepgram.book.learn(text, words_per_minute=CALLER_WORDS_PER_MINUTE)

    async def rehearse(self, *pieces: str) -> None:
        """Have the agent's voice ready, for texts that several calls will want for the first time at once.

        At this speed the voice never says the same thing twice alike; what counts is what is in its cache.
        """
        for piece in pieces:
            await asyncio.to_thread(agent_audio, piece)

    def break_deepgram(self, service: str, faults: FaultPlan, *connections: int) -> None:
        """The next connections of `listen` or `speak` get these faults: all, or those numbered from 1."""
        rule = FaultRule(service=service, connections=frozenset(connections), faults=faults)
        self.deepgram.faults.replace(FaultRules(rules=(rule,)))

    def refuse_all_speech(self, status: int) -> None:
        """Deepgram takes no connection of any kind."""
        self.deepgram.faults.replace(FaultRules(rules=(FaultRule(faults=FaultPlan(refuse_status=status)),)))

    def slow_speech(self, seconds: float) -> None:
        """The voice of calls begun from now on takes this much longer to begin."""
        self.break_deepgram("speak", FaultPlan(extra_first_byte_seconds=seconds))

    async def slow_model(self, seconds: float, requests: int = 1) -> None:
        """The next replies take this much longer to begin."""
        await self.break_ollama(Fault(kind=FaultKind.HANG, seconds=seconds, requests=requests))

    async def break_ollama(self, *faults: Fault) -> None:
        """The next requests get these faults."""
        await self._control_ollama("faults", [fault.model_dump(mode="json") for fault in faults])

    async def script(self, *replies: ScriptedReply) -> None:
        """Exact replies of the language model."""
        await self._control_ollama("script", [reply.model_dump(mode="json") for reply in replies])

    async def forget_requests(self) -> None:
        """Begin to note the language model's requests anew."""
        (await self.http.delete(f"{self.ollama_url}/simulator/state")).raise_for_status()

    async def request_outcomes(self) -> list[str]:
        """What became of the language model's requests: `completed`, `cancelled`, `failed` …, in order."""
        state = (await self.http.get(f"{self.ollama_url}/simulator/state")).json()
        return [request["outcome"] for request in state["last_requests"]]

    async def reset(self) -> None:
        """No faults, no scripts."""
        self.deepgram.faults.replace(FaultRules())
        await self.break_ollama()
        await self.script()

    async def _control_ollama(self, what: str, items: list[object]) -> None:
        key = "scripts" if what == "script" else what
        response = await self.http.post(f"{self.ollama_url}/simulator/{what}", json={key: items})
        response.raise_for_status()


def agent_audio(text: str, encoding: str = "mulaw", sample_rate: int = 8000) -> bytes:
    """A piece of the agent's speech as the caller hears it, sample for sample."""
    voice = _DEEPGRAM.voices[AGENT_VOICE]
    return encode_speech(text, voice, encoding, sample_rate, AGENT_WORDS_PER_MINUTE)


def caller_audio(text: str, voice: str) -> bytes:
    """Something the caller says: int16 at 8000 Hz."""
    return synthesize(text, voice=voice, words_per_minute=CALLER_WORDS_PER_MINUTE).pcm


@asynccontextmanager
async def open_vendors() -> AsyncIterator[Vendors]:
    """Serve all three."""
    async with AsyncExitStack() as stack:

        async def serve(app: Starlette) -> str:
            return await stack.enter_async_context(serve_app(app))

        http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
        twilio = await stack.enter_async_context(TwilioState(TwilioOptions(verb_time_scale=0.0, ring_secs=0.02)))
        deepgram = deepgram_app(_DEEPGRAM)
        yield Vendors(
            deepgram_url=await serve(deepgram),
            ollama_url=await serve(ollama_app(_OLLAMA)),
            twilio_url=await serve(twilio_app(twilio)),
            deepgram=deepgram.state.service,
            twilio=twilio,
            http=http,
        )
