"""Takes ended calls apart, so that they are freed at once.

pipecat's processors refer to each other and to themselves, and so do the media plane's parts: what a call leaves
is found by Python's cyclic garbage collector only. That stops the event loop for as long as it takes to free all
calls since the last time, which callers hear; reference counting frees each call by itself.
"""

from collections.abc import Iterable, Iterator

from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.frame_processor import FrameProcessor


def take_apart(worker: PipelineWorker, others: Iterable[object] = ()) -> None:
    """Have nothing refer to anything any more in a pipeline that has come to its end; it is of no use after that.

    Args:
        worker: It ended in order, and so did its runner: no task of them runs.
        others: Other objects of the call that nobody calls any more, and that refer to each other.
    """
    for ended in (*_with_all_inside(worker.pipeline), worker.worker_runner, worker, *others):
        vars(ended).clear()


def _with_all_inside(processor: FrameProcessor) -> Iterator[FrameProcessor]:
    yield processor
    for inner in tuple(processor.processors):
        yield from _with_all_inside(inner)
