"""The network as matrix products: what the package's ONNX file says, or that file itself."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from bot.media import silero_network
from bot.media.silero_matrices import (
    STATE_SIZE,
    Floats,
    MatrixNetwork,
    NetworkWeights,
    UnknownNetworkError,
    read_weights,
)
from bot.media.silero_network import OnnxNetwork, VoiceNetwork, load_network
from simulator.voice import synthesize

_SAMPLES = {8000: 288, 16000: 576}


def _judged(network: VoiceNetwork, speech: Floats, samples: int) -> Floats:
    """What it says of three streams that hear the same speech at three levels, window by window."""
    states = np.zeros((2, 3, STATE_SIZE), dtype=np.float32)
    levels = np.array([[1.0], [0.1], [0.01]], dtype=np.float32)
    step = samples * 8 // 9  # the rest is context: the end of the window before
    said = []
    for at in range(0, len(speech) - samples, step):
        probabilities, states = network.run(levels * speech[at : at + samples], states)
        said.append(probabilities.copy())
    return np.array(said)


@pytest.mark.parametrize("rate", [8000, 16000])
async def test_the_products_say_of_speech_what_the_onnx_file_says(rate: int) -> None:
    network = load_network(rate, _SAMPLES[rate])
    assert isinstance(network, MatrixNetwork), "the quick way is the usual one"
    utterance = await asyncio.to_thread(synthesize, "How long does delivery of a bicycle take?", sample_rate=rate)
    speech = np.asarray(utterance.samples, dtype=np.float32) / np.float32(32768)
    expected = _judged(OnnxNetwork(rate), speech, _SAMPLES[rate])
    assert expected.max() > 0.9
    assert expected.min() < 0.1
    assert np.abs(_judged(network, speech, _SAMPLES[rate]) - expected).max() < 1e-4


def test_other_weights_than_those_of_the_onnx_file_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = read_weights(8000)
    other = replace(weights, output=(weights.output[0] * 0.9, weights.output[1]))
    monkeypatch.setattr(silero_network, "read_weights", lambda rate: other)
    assert isinstance(load_network(8000, 288), OnnxNetwork)


def test_another_network_in_the_package_is_run_by_onnxruntime(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing_known(rate: int) -> NetworkWeights:
        raise UnknownNetworkError("KeyError: 'decoder.rnn.weight_ih'")

    monkeypatch.setattr(silero_network, "read_weights", nothing_known)
    assert isinstance(load_network(8000, 288), OnnxNetwork)


def test_weights_that_do_not_fit_together_are_another_network() -> None:
    weights = read_weights(8000)
    fewer = tuple((rows[:-1], bias) for rows, bias in weights.convolutions)
    with pytest.raises(UnknownNetworkError):
        MatrixNetwork(replace(weights, convolutions=fewer), 288)
    with pytest.raises(UnknownNetworkError, match="576"):
        MatrixNetwork(weights, 576)


def test_missing_weights_are_another_network(monkeypatch: pytest.MonkeyPatch) -> None:
    class Empty:
        def state_dict(self) -> dict[str, object]:
            return {}

    monkeypatch.setattr("torch.jit.load", lambda path, map_location: Empty())
    with pytest.raises(UnknownNetworkError, match="KeyError"):
        read_weights(8000)
