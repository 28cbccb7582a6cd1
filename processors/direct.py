"""A processor without queues of its own.

pipecat gives each processor two queues and two tasks. A frame that passes fifteen of them waits for thirty turns
of the event loop, each as long as whatever else all calls have to do then; and a call has thirty tasks that do
nothing but hand on. Here the frame is handled in the step in which it was pushed.
"""

from pipecat.processors.frame_processor import FrameProcessor


class DirectProcessor(FrameProcessor):
    """For processors that never wait: what takes time they give to a task of its own.

    An interruption finds nothing of theirs to cancel, and overtakes nothing: it comes after what was pushed
    before.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name=name, enable_direct_mode=True)
