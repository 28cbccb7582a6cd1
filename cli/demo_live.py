"""The conversation as it happens: the caller's words from the caller, the agent's as the server stores them."""

import asyncio

from cli.demo_report import DemoReport
from cli.demo_rest import DemoRest
from cli.demo_transcript import Speaker
from config.errors import VendorError
from simulator.twilio.progress import Progress, ProgressKind

_POLL_SECONDS = 0.3


class LiveConversation:
    """Prints both sides; the agent's words as soon as they have been heard.

    Args:
        report: Where to.
        rest: Where the agent's words are stored.
    """

    def __init__(self, report: DemoReport, rest: DemoRest) -> None:
        self._report = report
        self._rest = rest
        self._call_sid: str | None = None
        self._streamed_at = 0.0
        self._shown = -1

    def on_progress(self, progress: Progress) -> None:
        """Take what the caller's side tells; a `ProgressListener`."""
        match progress.kind:
            case ProgressKind.CALL_PLACED:
                self._call_sid = progress.text
            case ProgressKind.STREAM_STARTED:
                self._streamed_at = progress.at_secs
            case ProgressKind.CALLER_SPEAKS:
                self._report.caller_says(progress.at_secs, progress.text)

    async def follow(self) -> None:
        """Print the agent's turns until cancelled."""
        while True:
            await self.catch_up()
            await asyncio.sleep(_POLL_SECONDS)

    async def catch_up(self) -> None:
        """Print the agent's turns that are new; a server that does not answer now is asked again later."""
        if self._call_sid is None:
            return
        try:
            conversation = await self._rest.conversation(self._call_sid)
        except VendorError:
            return
        for turn in conversation.transcript if conversation else ():
            if turn.position > self._shown:
                self._shown = turn.position
                if turn.role is Speaker.AGENT:
                    self._report.agent_said(self._streamed_at + turn.started_at_secs, turn)
