"""The intent table: the split is by wording family, the bounds of the product hold, and it is written whole."""

from pathlib import Path

import pytest

from bench.intents import command
from bench.intents.dataset import Kind, Split, families, load_utterances
from bench.intents.evaluation import evaluate
from bench.intents.report import BEGIN, END, IntentReport, update_page
from bot.intents import IntentClassifier, IntentLabel
from config.errors import ConfigurationError, InvalidInputError


def test_the_halves_share_no_wording_family_and_are_large_enough() -> None:
    train, test = load_utterances(Split.TRAIN), load_utterances(Split.TEST)
    assert not families(train) & families(test)
    assert len(train) + len(test) >= 600
    hard = sum(utterance.kind is not Kind.PLAIN for utterance in (*train, *test))
    assert hard * 2 >= len(train) + len(test)
    near = [u for u in test if u.kind is Kind.NEAR_GOODBYE and u.label is not IntentLabel.GOODBYE]
    assert len(near) >= 200


def test_the_bounds_hold_without_embeddings_too() -> None:
    evaluation = evaluate("test", load_utterances(Split.TEST), None, IntentClassifier())
    assert evaluation.accuracy >= 0.92
    assert evaluation.wrong_hang_ups == 0
    assert evaluation.wrong_consent_share <= 0.01
    assert sum(map(sum, evaluation.confusion)) == evaluation.count


def test_new_wordings_end_no_call_and_give_no_consent() -> None:
    for split in command.BLIND:
        evaluation = evaluate(split.value, load_utterances(split), None, IntentClassifier())
        assert (evaluation.wrong_hang_ups, evaluation.wrong_consents) == (0, 0), split
        assert evaluation.accuracy >= 0.9, split


def test_the_page_is_written_between_its_markers(tmp_path: Path) -> None:
    page = tmp_path / "intents.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    utterances = load_utterances(Split.BLIND_4)
    evaluation = evaluate("blind", utterances, None, IntentClassifier())
    report = IntentReport(embedding_model="m", train_families=1, test_families=2, evaluations=(evaluation,))
    update_page(page, report)
    text = page.read_text(encoding="utf-8")
    assert "old" not in text
    assert f"| blind | {len(utterances)} |" in text
    assert text.startswith("before")
    assert text.endswith("after\n")
    page.write_text("no markers", encoding="utf-8")
    with pytest.raises(InvalidInputError):
        update_page(page, report)


def test_a_file_of_utterances_that_cannot_be_read_says_which(tmp_path: Path) -> None:
    (tmp_path / "test.jsonl").write_text('{"text": 5}\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"test\.jsonl"):
        load_utterances(Split.TEST, tmp_path)
    with pytest.raises(ConfigurationError, match=r"train\.jsonl"):
        load_utterances(Split.TRAIN, tmp_path)
