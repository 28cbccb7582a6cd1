"""What the media-stream endpoint needs of whoever runs calls."""

from typing import Protocol, runtime_checkable

from bot.call_config import CallConfig
from bot.transport.ports import CallTransport


@runtime_checkable
class CallRunner(Protocol):
    """Runs calls on media streams that have been let in."""

    @property
    def accepting(self) -> bool:
        """False while as many calls run as may, and once the server is shutting down."""
        ...

    def reserve(self, call_sid: str) -> bool:
        """Keep a place for a call whose stream is about to come, so that nobody is let in and then dropped.

        Asking again for the same call keeps the same place. The place lapses if no stream comes.

        Returns:
            False when there is no place, or the server is shutting down.
        """
        ...

    def is_live(self, call_sid: str) -> bool:
        """True from the entry of `run` until the call's outcome is stored."""
        ...

    async def run(self, config: CallConfig, transport: CallTransport, stream_id: str) -> None:
        """Run one call to its end on a transport that is ready.

        The call must be live before the first suspension, so that of two streams for one call only one can
        get in; it returns once the outcome is stored.

        Args:
            config: The call as it was announced.
            transport: To be run, and closed, by the call.
            stream_id: What the far end calls its stream.
        """
        ...
