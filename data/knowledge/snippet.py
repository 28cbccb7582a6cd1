"""The one value that leaves retrieval: a piece of a document, and how near it was to the question."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Snippet:
    """One chunk found for a query."""

    document_id: str
    chunk_id: str
    title: str
    """The headings that the chunk stands under, outermost first, or the document's name."""
    text: str
    """What the model is given: the chunk with its heading path on the first line."""
    vector_distance: float
    """Cosine distance to the query, 0 (same) to 2 (opposite)."""
    similarity: float = 0.0
    """How likely the answer is in it, 0 to 1; see `data.knowledge.calibration`."""
