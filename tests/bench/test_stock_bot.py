"""The stock bot answers a call, so that what `bench stock` measures is a bot in good order."""

from bench.shop import FIRST_MESSAGE, fact_question
from bench.stock_bot import StockOptions, create_app
from data.agent_config import DEFAULT_MODEL, DEFAULT_VOICE
from simulator.hosting import serve_app
from simulator.ollama.options import ScriptedReply
from simulator.twilio.caller import Caller, CallerOptions
from simulator.twilio.options import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN, DEFAULT_NUMBER
from tests.calls.vendors import agent_audio, caller_audio, open_vendors

PUBLIC_URL = "https://stock.example.com"


async def test_it_greets_and_answers() -> None:
    question = fact_question(0)
    async with open_vendors() as vendors:
        options = StockOptions(
            port=0,
            stream_url="wss://stock.example.com/media-stream",
            deepgram_url=vendors.deepgram_url,
            ollama_url=vendors.ollama_url,
            twilio_url=vendors.twilio_url,
            account_sid=DEFAULT_ACCOUNT_SID,
            auth_token=DEFAULT_AUTH_TOKEN,
            model=DEFAULT_MODEL,
            voice=DEFAULT_VOICE,
        )
        await vendors.teach(question.text)
        await vendors.script(ScriptedReply(match="kettle", text=question.reply))
        async with serve_app(create_app(options)) as url:
            vendors.route(PUBLIC_URL, url)
            caller = Caller(
                vendors.twilio,
                CallerOptions(f"{PUBLIC_URL}/voice/incoming", DEFAULT_NUMBER, synthesizer=caller_audio),
            )
            caller.place()
            await caller.wait_connected()
            await caller.wait_for_agent(silence_secs=0.4, timeout=10)
            await caller.say(question.text)
            await caller.wait_for_agent(silence_secs=0.4, timeout=10)
            caller.hang_up()
            await caller.wait_ended()
    measures = caller.measures()
    assert measures.greeting_ms is not None
    [turn] = measures.turns
    assert turn.voice_to_voice_ms is not None
    assert measures.agent_audio_secs > len(agent_audio(FIRST_MESSAGE + question.reply)) / 8000 * 0.8
