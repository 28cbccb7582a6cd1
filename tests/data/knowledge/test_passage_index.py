"""One agent's documents in memory, and what makes a chunk an answer."""

import numpy as np
import pytest

from data.knowledge.calibration import Calibration, Weights, load_calibration
from data.knowledge.embedder import Embeddings
from data.knowledge.passage_index import PassageIndex
from data.knowledge.passages import passages_of
from data.knowledge.question_features import FEATURES, feature_matrix
from data.knowledge.sentence_transformer_model import MINILM
from data.knowledge.vector_store import VectorEntry

EAST: Embeddings = np.array([1, 0], dtype=np.float32)
NORTH: Embeddings = np.array([0, 1], dtype=np.float32)


def index_of(*texts: str) -> PassageIndex:
    entries = [VectorEntry(str(number), "doc", "", text, number, EAST) for number, text in enumerate(texts)]
    vectors = [np.repeat(NORTH[None], len(passages_of("", text)), axis=0) for text in texts]
    return PassageIndex(entries, vectors)


def row(index: PassageIndex, question: str, contrast: Embeddings | None = None) -> dict[str, float]:
    """The features of the first chunk."""
    matches = index.search(question, NORTH, contrast, ["0"], keyword_candidates=0)
    return dict(zip(FEATURES, feature_matrix(matches.question, matches.evidence)[0].tolist(), strict=True))


def test_keywords_find_what_the_vectors_do_not() -> None:
    index = index_of("Fees for the wood chipper", "Opening hours of the café")
    matches = index.search("the chipper", EAST, None, [], keyword_candidates=5)
    assert [entry.chunk_id for entry in matches.entries] == ["0"]
    assert index.search("xylophone", EAST, None, [], keyword_candidates=5).entries == ()
    assert index.search("", EAST, None, ["1", "unknown"], keyword_candidates=5).entries[0].chunk_id == "1"


def test_what_keyword_search_will_add_is_known_before_there_is_a_vector() -> None:
    index = index_of("Fees for the wood chipper", "The chipper is loud", "Opening hours")
    for question in ("Is the chipper loud?", "How much is the chipper?", "xylophone", ""):
        added = index.search(question, EAST, None, [], keyword_candidates=2).entries
        assert index.sharing_words(question, 2) == tuple(entry.chunk_id for entry in added)
    assert index.sharing_words("Is the chipper loud?", 2) == ("1", "0")


def test_words_codes_and_kinds_become_features() -> None:
    index = index_of("Filter FL-1625 costs 14 dollars.", "Nothing of interest.")
    found = row(index, "What does filter FL-1625 cost?")
    assert found["dense"] == pytest.approx(0)
    assert found["passage"] == pytest.approx(1)
    assert (found["code_found"], found["code_missing"]) == (1, 0)
    assert (found["kind_found"], found["kind_missing"]) == (1, 0)
    assert found["coverage"] == 1
    missing = row(index, "What does the blue filter FL-2020 cost?")
    assert (missing["code_found"], missing["code_missing"]) == (0, 1)
    assert 0 < missing["coverage"] < 1
    assert missing["unknown_words"] > 0


def test_the_contrast_leaves_out_what_the_best_chunk_lacks() -> None:
    index = index_of("Porcelain crown 900 dollars", "Opening hours")
    assert index.contrast("How much is a crown for a dog?") == "How much is a crown for a"
    assert index.contrast("porcelain crown") is None
    assert index.contrast("xylophone") == "?"
    assert index.contrast("") is None
    assert row(index, "crown for a dog", contrast=EAST)["contrast_gain"] == pytest.approx(1)
    assert row(index, "crown")["contrast_none"] == 1


def test_where_passages_have_no_vectors_yet_the_chunk_stands_in() -> None:
    entry = VectorEntry("0", "doc", "", "A crown. A bridge to cross.", 0, NORTH * np.float32(0.5))
    index = PassageIndex([entry], [None])
    assert not index.is_complete
    assert row(index, "crown")["passage"] == pytest.approx(0.6, abs=1e-3)
    assert len(PassageIndex([], [])) == 0


def test_the_best_chunk_carries_the_likelihood_of_an_answer() -> None:
    calibration = Calibration(
        model="test",
        order=Weights(bias=0, features={"coverage": 4.0}),
        answer=Weights(bias=-1, features={"coverage": 2.0}),
        shift=0.0,
    )
    matches = index_of("wood chipper", "wood").search("wood chipper", EAST, None, ["1", "0"], keyword_candidates=0)
    order, likelihoods = calibration.rank(matches)
    assert [matches.entries[position].chunk_id for position in order] == ["0", "1"]
    assert likelihoods[0] == pytest.approx(1 / (1 + np.exp(-1)))
    assert likelihoods[1] < likelihoods[0]
    assert calibration.rank(index_of().search("x", EAST, None, [], keyword_candidates=1)) == ([], [])


def test_minilm_has_its_own_weights_and_other_models_the_generic_ones() -> None:
    assert load_calibration(MINILM).model == MINILM
    assert load_calibration("nomic-embed-text").model == "generic"
    with pytest.raises(ValueError, match="unknown features"):
        Calibration(model="x", order=Weights(bias=0, features={"magic": 1}), answer=Weights(bias=0, features={}))
