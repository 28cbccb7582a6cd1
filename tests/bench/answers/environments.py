"""A server that answers REST requests only."""

from bench.environment import Environment
from simulator.twilio.options import TwilioOptions
from simulator.twilio.state import TwilioState


def environment_at(url: str) -> Environment:
    """The server at a URL; nobody can call it."""
    return Environment(
        server_url=url,
        server_pid=None,
        vendor_pids={},
        api_key="key",
        public_url="https://agent.example.com",
        number="+14155550123",
        twilio=TwilioState(TwilioOptions()),
        deepgram_url=None,
        delays=None,
        ollama_url=None,
    )
