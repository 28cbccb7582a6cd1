"""Keeps Python's cyclic garbage collector out of calls.

A full collection walks over every object that may be garbage, and stops the event loop meanwhile. Calls leave next
to nothing to it (`bot/ended_call.py`), so it walks in vain nearly always.
"""

import gc

FULL_EVERY = 30
"""Collections of the middle generation after which Python makes a full one; its own choice is 10."""


def spare_what_is_loaded() -> None:
    """Never walk over models and modules again, and rarely over calls; once everything is loaded."""
    gc.collect()
    gc.freeze()
    youngest, middle, _ = gc.get_threshold()
    gc.set_threshold(youngest, middle, FULL_EVERY)
