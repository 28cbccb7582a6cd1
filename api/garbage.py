"""Keeps Python's cyclic garbage collector out of calls.

A full collection walks over every object that may be garbage and stops the event loop meanwhile: with many calls
for longer than the audio that their callers have in advance. What calls leave behind is cyclic, so it has to be
collected; but not by Python's own choice of the moment.
"""

import asyncio
import gc
import time

from api.live_calls import LiveCalls

FULL_EVERY = 30
"""Collections of the middle generation after which Python makes a full one by itself. Its own choice is 10; what
waits longer takes memory."""
DUE_AFTER = 10
"""The same after which one is made here, if it is quick."""
BEARABLE_SECONDS = 0.1
"""Half of the audio that callers have in advance at least (`bot/media/playback.py`)."""
FIRST_GUESS_SECONDS = 0.002
"""What a call adds to a full collection, until that was measured: a machine slower than most."""
LOOK_SECONDS = 1.0


def spare_what_is_loaded() -> None:
    """Never walk over models and modules again, and rarely over calls; once everything is loaded."""
    gc.collect()
    gc.freeze()
    youngest, middle, _ = gc.get_threshold()
    gc.set_threshold(youngest, middle, FULL_EVERY)


class GarbageKeeper:
    """Makes full collections when no call runs, or few enough that nobody hears it.

    Args:
        calls: Those of this process.
    """

    def __init__(self, calls: LiveCalls) -> None:
        self._calls = calls
        self._seconds_a_call = FIRST_GUESS_SECONDS

    async def run(self) -> None:
        """Look again and again; ends only when it is cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.look()

    def look(self) -> bool:
        """Collect if that is due and bearable; says whether it was done."""
        running = self._calls.active_calls()
        *_, middle_collections = gc.get_count()
        if middle_collections < (DUE_AFTER if running else 1) or running * self._seconds_a_call > BEARABLE_SECONDS:
            return False
        began = time.perf_counter()
        gc.collect()
        if running:
            self._seconds_a_call = (time.perf_counter() - began) / running
        return True
