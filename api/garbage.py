"""Keeps Python's cyclic garbage collector out of calls.

A full collection walks over every object that may be garbage and stops the event loop meanwhile: with many calls
for longer than the audio that their callers have in advance. What calls leave behind is cyclic, so somebody has to
collect it; but that can wait until nobody speaks.
"""

import asyncio
import gc

from api.live_calls import LiveCalls

FULL_EVERY = 100
"""Collections of the middle generation between two full ones while calls run. Python's own choice is 10."""
LOOK_SECONDS = 2.0
"""How often it is looked whether nobody speaks."""


def spare_what_is_loaded() -> None:
    """Never walk over models and modules again, and rarely over calls; once everything is loaded."""
    gc.collect()
    gc.freeze()
    youngest, middle, _ = gc.get_threshold()
    gc.set_threshold(youngest, middle, FULL_EVERY)


async def collect_between_calls(calls: LiveCalls, look_seconds: float = LOOK_SECONDS) -> None:
    """Collect what calls left behind whenever none runs; never ends by itself.

    Args:
        calls: Those of this process.
        look_seconds: How often to look.
    """
    while True:
        await asyncio.sleep(look_seconds)
        *_, middle_collections = gc.get_count()
        if middle_collections and not calls.active_calls():
            gc.collect()
