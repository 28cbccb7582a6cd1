"""Silero's voice activity network itself: from windows and memories to probabilities and new memories.

The `silero-vad` package has it as an ONNX file. The same arithmetic as a dozen matrix products costs less
(`silero_matrices.py`) than onnxruntime does for batches as small as those of calls. What a release of the package
means by its network is decided by the ONNX file all the same: the products are used only while they give the same
answers.
"""

from importlib.resources import files
from typing import Protocol

import numpy as np
import onnxruntime
from loguru import logger

from bot.media.silero_matrices import STATE_SIZE, Floats, MatrixNetwork, UnknownNetworkError, read_weights

_MOST_DIFFERENCE = 1e-3
"""Between the two, in a probability; far more than rounding makes."""
_TRIED_WINDOWS = 8
_TRIED_STREAMS = 3


class VoiceNetwork(Protocol):
    """Judges a batch of windows, each of another stream."""

    def run(self, windows: Floats, states: Floats) -> tuple[Floats, Floats]:
        """Judge one window of each stream.

        Args:
            windows: (batch, context + window), −1…1: what came before, then 32 ms.
            states: (2, batch, 128): what the network remembers of each stream; zeros at first.

        Returns:
            Probabilities of speech, (batch), and the new memories.
        """
        ...


class OnnxNetwork(VoiceNetwork):
    """The network as the package ships it.

    Model interface, version 6: `input` float32 (batch, context + window), `state` float32 (2, batch, 128),
    `sr` int64.
    """

    def __init__(self, sample_rate: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        path = files("silero_vad").joinpath("data/silero_vad.onnx")
        self._session = onnxruntime.InferenceSession(
            str(path), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self._rate = np.array(sample_rate, dtype=np.int64)

    def run(self, windows: Floats, states: Floats) -> tuple[Floats, Floats]:
        """See `VoiceNetwork.run`."""
        output, states = self._session.run(None, {"input": windows, "state": states, "sr": self._rate})
        return output[:, 0], states


def load_network(sample_rate: int, samples: int) -> VoiceNetwork:
    """The quickest way to run the network that is installed.

    Args:
        sample_rate: 8000 or 16000.
        samples: Of a window with its context.
    """
    shipped = OnnxNetwork(sample_rate)
    try:
        matrices = MatrixNetwork(read_weights(sample_rate), samples)
    except UnknownNetworkError as error:
        logger.bind(reason=str(error)).warning("silero-vad has another network: it is run by onnxruntime")
        return shipped
    if not _agree(shipped, matrices, samples):
        logger.warning("silero-vad's network is not what its weights make: it is run by onnxruntime")
        return shipped
    return matrices


def _agree(first: VoiceNetwork, second: VoiceNetwork, samples: int) -> bool:
    """Whether both say the same of some noise that swells, each with its own memory."""
    noise = np.random.default_rng(0).standard_normal((_TRIED_WINDOWS, _TRIED_STREAMS, samples)).astype(np.float32)
    noise *= np.linspace(0.0, 0.3, _TRIED_WINDOWS, dtype=np.float32)[:, None, None]
    states = (np.zeros((2, _TRIED_STREAMS, STATE_SIZE), dtype=np.float32),) * 2
    for windows in noise:
        ours, state = first.run(windows, states[0])
        theirs, other_state = second.run(windows, states[1])
        states = (state, other_state)
        if np.abs(ours - theirs).max() > _MOST_DIFFERENCE:
            return False
    return True
