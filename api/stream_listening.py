"""What keeps a media stream's reader waiting while its messages go past it."""

import asyncio
from collections.abc import Awaitable, Callable


class Listening:
    """Gives messages to `take` as they come, until it returns False or raises."""

    def __init__(self, take: Callable[[str | bytes], bool]) -> None:
        self._take = take
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def take(self, message: str | bytes) -> None:
        """One message came in; after the end it is nobody's. Never raises."""
        if self._over.done():
            return
        try:
            go_on = self._take(message)
        except Exception as error:  # raised by `until_over`, in the reader's task
            self._over.set_exception(error)
        else:
            if not go_on:
                self._over.set_result(None)

    async def until_over(self, connection_end: Awaitable[object]) -> None:
        """Wait until `take` has had enough.

        Args:
            connection_end: Raises when the connection is gone.

        Raises:
            Exception: What `take` or `connection_end` raised.
        """
        ending = asyncio.ensure_future(connection_end)
        try:
            await asyncio.wait((self._over, ending), return_when=asyncio.FIRST_COMPLETED)
            await (self._over if self._over.done() else ending)
        finally:
            ending.cancel()
            self._over.cancel()
            await asyncio.gather(ending, self._over, return_exceptions=True)
