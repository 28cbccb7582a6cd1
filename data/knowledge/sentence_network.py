"""An embedding model's network as one module, from a tokenised batch to vectors.

It imports torch, which takes seconds: import it only in the thread that loads the model.
"""

import copy
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

import torch

from data.knowledge.embedder import Embeddings
from data.knowledge.embedding_worker import Encode

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class SentenceNetwork(torch.nn.Module):
    """The parts of a model, one after the other, without what Python does around them.

    Args:
        model: Stays as it is.
        half: Whether the network itself works in bfloat16.
    """

    def __init__(self, model: "SentenceTransformer", *, half: bool) -> None:
        super().__init__()
        self._tokenize = model.preprocess
        example = model.preprocess(["one", "one and another"])
        self._example = {name: value for name, value in example.items() if isinstance(value, torch.Tensor)}
        parts = copy.deepcopy(list(model)) if half else list(model)
        if half:
            parts[0].to(torch.bfloat16)
        self.parts = torch.nn.ModuleList(parts)
        self.eval()

    def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
        """Vectors of any length, float32 of shape (n, dimensions), from what the tokenizer gave."""
        features: dict[str, object] = dict(zip(self._example, tensors, strict=True))
        for part in self.parts:
            # What comes after the network (the mean over the words) needs all the bits.
            features = {
                name: value.float() if isinstance(value, torch.Tensor) and value.is_floating_point() else value
                for name, value in part(features).items()
            }
        vectors = features["sentence_embedding"]
        assert isinstance(vectors, torch.Tensor)
        return vectors

    def encode(self) -> Encode:
        """The function that embeds with it."""
        return self._encode_with(self)

    def traced_encode(self) -> Encode:
        """The same as one call into C++, which needs no lock of Python's. The memory it takes is never given back.

        Raises:
            RuntimeError: The network decides by what it reads.
        """
        with warnings.catch_warnings(), torch.inference_mode():
            warnings.simplefilter("ignore")  # the tracer warns of every branch; whether it was right is tried
            traced = torch.jit.trace(  # type: ignore[no-untyped-call]
                self, tuple(self._example.values()), strict=False, check_trace=False
            )
            return self._encode_with(torch.jit.freeze(traced))

    def _encode_with(self, network: Callable[..., torch.Tensor]) -> Encode:
        tokenize, names = self._tokenize, tuple(self._example)

        def encode(texts: list[str]) -> Embeddings:
            features = tokenize(texts)
            with torch.inference_mode():
                vectors = network(*(features[name] for name in names))
                made: Embeddings = torch.nn.functional.normalize(vectors, dim=1).numpy()
            return made

        return encode
