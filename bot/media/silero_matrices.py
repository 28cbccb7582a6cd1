"""Silero's network, version 6, as matrix products over a batch of windows.

Its layers: magnitudes of a short-time Fourier transform (four frames a window), four convolutions over time with
ReLU, an LSTM cell, and one output with a sigmoid. Weights are those of the TorchScript file of the `silero-vad`
package. Buffers are made once, not for each batch.
"""

import warnings
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided

Floats = npt.NDArray[np.float32]

MOST_WINDOWS = 128
"""Windows in one batch, at most."""
STATE_SIZE = 128
"""Of the encoder's output, and of either half of the memory."""
_FRAMES = 4
_TAPS = 3
_MODELS = {8000: "_model_8k", 16000: "_model"}


class UnknownNetworkError(Exception):
    """The package's network is not the one that is written down here."""


@dataclass(frozen=True, slots=True)
class NetworkWeights:
    """The weights, laid out for products with rows of windows from the left.

    Attributes:
        transform: (samples of a frame, 2 × bins): the real parts, then the imaginary ones.
        convolutions: Four of (taps × channels in, channels out), with a bias each. What only ever meets padding is
            left out.
        memory: (128 of the encoder + 128 of the last output, 4 × 128 gates: input, forget, cell, output), and
            bias. Those of sigmoid gates are halved: sigmoid(x) = (tanh(x / 2) + 1) / 2, so that one tanh does
            for all.
        output: (128), and bias.
    """

    transform: Floats
    convolutions: tuple[tuple[Floats, Floats], ...]
    memory: tuple[Floats, Floats]
    output: tuple[Floats, float]


def read_weights(sample_rate: int) -> NetworkWeights:
    """The weights of the installed package at 8000 or 16000 Hz.

    Raises:
        UnknownNetworkError: They are of another network.
    """
    # Seconds to import, which only a process that takes calls needs.
    import torch  # noqa: PLC0415

    path = files("silero_vad").joinpath("data/silero_vad.jit")
    prefix = _MODELS[sample_rate] + "."
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # without TorchScript there is still the ONNX file
            state = torch.jit.load(str(path), map_location="cpu").state_dict()
        weights = {
            name.removeprefix(prefix): tensor.numpy() for name, tensor in state.items() if name.startswith(prefix)
        }
        return _arrange(weights)
    except (AttributeError, KeyError, ValueError, IndexError, RuntimeError, OSError) as error:
        raise UnknownNetworkError(f"{type(error).__name__}: {error}") from error


def _arrange(weights: dict[str, Floats]) -> NetworkWeights:
    def convolution(index: int, taps: slice) -> tuple[Floats, Floats]:
        kernel = weights[f"encoder.{index}.reparam_conv.weight"][:, :, taps]
        rows = kernel.transpose(2, 1, 0).reshape(-1, len(kernel))
        return np.ascontiguousarray(rows), weights[f"encoder.{index}.reparam_conv.bias"]

    halves = np.full(4 * STATE_SIZE, 0.5, dtype=np.float32)
    halves[2 * STATE_SIZE : 3 * STATE_SIZE] = 1.0
    gates = np.concatenate((weights["decoder.rnn.weight_ih"], weights["decoder.rnn.weight_hh"]), axis=1).T
    bias = weights["decoder.rnn.bias_ih"] + weights["decoder.rnn.bias_hh"]
    return NetworkWeights(
        transform=np.ascontiguousarray(weights["stft.forward_basis_buffer"][:, 0].T),
        # The third sees two frames and padding before them, the fourth one frame between paddings.
        convolutions=(
            convolution(0, slice(None)),
            convolution(1, slice(None)),
            convolution(2, slice(1, 3)),
            convolution(3, slice(1, 2)),
        ),
        memory=(np.ascontiguousarray(gates * halves), bias * halves),
        output=(weights["decoder.decoder.2.weight"][0, :, 0], float(weights["decoder.decoder.2.bias"][0])),
    )


class MatrixNetwork:
    """Runs the network; a `VoiceNetwork`. Not for two threads at once.

    Args:
        weights: The network's.
        samples: Of a window with its context.

    Raises:
        UnknownNetworkError: Weights and windows do not fit together.
    """

    def __init__(self, weights: NetworkWeights, samples: int) -> None:
        self._weights = weights
        frame, columns = weights.transform.shape
        step = frame // 2
        self._samples = samples
        self._bins = columns // 2
        padded = (_FRAMES - 1) * step + frame
        self._mirror = slice(samples - 2, samples - 2 - (padded - samples), -1)
        if samples >= padded or (padded - samples) >= samples:
            raise UnknownNetworkError(f"windows of {samples} samples for frames of {frame}")
        self._heard = np.zeros((MOST_WINDOWS, padded), dtype=np.float32)
        # One frame of zeros on either side is the padding of the convolutions.
        self._magnitudes = np.zeros((MOST_WINDOWS, _FRAMES + 2, self._bins), dtype=np.float32)
        self._channels = np.zeros((MOST_WINDOWS, _FRAMES + 2, STATE_SIZE), dtype=np.float32)
        self._recalled = np.zeros((MOST_WINDOWS, 2 * STATE_SIZE), dtype=np.float32)
        self._frames = _sliding(self._heard, count=_FRAMES, step=step, size=frame)
        self._first = _sliding(
            self._magnitudes.reshape(MOST_WINDOWS, -1), count=_FRAMES, step=self._bins, size=_TAPS * self._bins
        )
        self._second = _sliding(
            self._channels.reshape(MOST_WINDOWS, -1),
            count=_FRAMES // 2,
            step=2 * STATE_SIZE,
            size=_TAPS * STATE_SIZE,
        )
        self._try()

    def run(self, windows: Floats, states: Floats) -> tuple[Floats, Floats]:
        """See `VoiceNetwork.run`; at most `MOST_WINDOWS` windows."""
        size = len(windows)
        recalled = self._recalled[:size]
        recalled[:, :STATE_SIZE] = self._encode(windows)
        recalled[:, STATE_SIZE:] = states[0]
        gates = recalled @ self._weights.memory[0]
        gates += self._weights.memory[1]
        np.tanh(gates, out=gates)
        cell = gates[:, 2 * STATE_SIZE : 3 * STATE_SIZE].copy()
        gates += 1.0
        gates *= 0.5
        new = np.empty_like(states)
        cell *= gates[:, :STATE_SIZE]
        np.multiply(gates[:, STATE_SIZE : 2 * STATE_SIZE], states[1], out=new[1])
        new[1] += cell
        np.tanh(new[1], out=new[0])
        new[0] *= gates[:, 3 * STATE_SIZE :]
        weights, bias = self._weights.output
        logits = np.maximum(new[0], 0.0) @ weights + bias
        probabilities: Floats = 1.0 / (1.0 + np.exp(-logits))
        return probabilities, new

    def _encode(self, windows: Floats) -> Floats:
        size = len(windows)
        heard, magnitudes, channels = self._heard[:size], self._magnitudes[:size], self._channels[:size]
        heard[:, : self._samples] = windows
        heard[:, self._samples :] = windows[:, self._mirror]
        spectrum = self._frames[:size].reshape(size * _FRAMES, -1) @ self._weights.transform
        np.square(spectrum, out=spectrum)
        power = spectrum[:, : self._bins] + spectrum[:, self._bins :]
        np.sqrt(power.reshape(size, _FRAMES, -1), out=magnitudes[:, 1:-1])
        first, second, third, fourth = self._weights.convolutions
        layer = _layer(self._first[:size].reshape(size * _FRAMES, -1), first)
        channels[:, 1:-1] = layer.reshape(size, _FRAMES, -1)
        layer = _layer(self._second[:size].reshape(size * _FRAMES // 2, -1), second)
        return _layer(_layer(layer.reshape(size, -1), third), fourth)

    def _try(self) -> None:
        try:
            self.run(np.zeros((1, self._samples), np.float32), np.zeros((2, 1, STATE_SIZE), np.float32))
        except ValueError as error:
            raise UnknownNetworkError(str(error)) from error


def _layer(rows: Floats, weights: tuple[Floats, Floats]) -> Floats:
    product: Floats = rows @ weights[0]
    product += weights[1]
    np.maximum(product, 0.0, out=product)
    return product


def _sliding(rows: Floats, *, count: int, step: int, size: int) -> Floats:
    """A view of `count` overlapping pieces of each row."""
    long, short = rows.strides
    return as_strided(rows, (len(rows), count, size), (long, step * short, short))
