"""Full collections stop every call for a moment: they have little to walk over, and are rare."""

import gc
from collections.abc import Iterator

import pytest

from api.garbage import FULL_EVERY, spare_what_is_loaded


@pytest.fixture(autouse=True)
def usual_collector() -> Iterator[None]:
    thresholds = gc.get_threshold()
    gc.freeze()  # a test process holds so much that each collection would take a second
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


def test_what_is_loaded_is_never_walked_again_and_full_collections_become_rare() -> None:
    before = gc.get_freeze_count()
    spare_what_is_loaded()
    assert gc.get_freeze_count() > before
    assert gc.get_threshold()[2] == FULL_EVERY
