"""`python -m bench intents`: the intent classifier's figures, and its fit.

No server and no network: the utterances are in `bench/intents/utterances`, the embedding model is packaged.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from bench.intents.dataset import Split, Utterance, families, load_utterances
from bench.intents.embeddings import MODEL, embed_texts
from bench.intents.evaluation import Evaluation, evaluate
from bench.intents.fit import fit_model, save_model
from bench.intents.report import IntentReport, tables_of, update_page, worst_mistakes
from bot.intent.linear_model import WEIGHTS_FILE
from bot.intents import IntentClassifier
from data.knowledge.sentence_transformer_model import canonical_name

HELP = "accuracy, wrong hang-ups, wrong consents and time of the intent classifier"
BLIND = (Split.BLIND_1, Split.BLIND_2, Split.BLIND_3, Split.BLIND_4)
REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = REPOSITORY / "docs" / "intents.md"
JSON_FILE = REPOSITORY / "docs" / "intents.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("--fit", action="store_true", help="fit the weights anew from the training half first")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/intents.md")
    parser.add_argument("--mistakes", action="store_true", help="list every mistake of the test half")
    parser.add_argument("--json", type=Path, default=None, metavar="FILE", help="write all figures as JSON")


def run(namespace: argparse.Namespace) -> int:
    """Measure, print, write; 1 if the test half does not keep the bounds."""
    if namespace.fit:
        _fit()
    report = measure()
    console = Console()
    for table in (*tables_of(report), *(table for each in report.evaluations for table in worst_mistakes(each))):
        console.print(table.for_screen())
    if namespace.mistakes:
        for mistake in report.evaluations[0].mistakes:
            read = f"{mistake.label} read as {mistake.read} ({mistake.score:.2f})"
            console.print(f"{read}: {mistake.text!r} after {mistake.context!r}")
    if namespace.write:
        update_page(PAGE, report)
    if namespace.json is not None or namespace.write:
        _write_json(namespace.json or JSON_FILE, report)
    return 0 if report.evaluations[0].is_good_enough else 1


def measure() -> IntentReport:
    """Evaluate the test half with and without embeddings, and the blind set.

    Raises:
        ConfigurationError: Utterances, weights or the embedding model are missing.
    """
    classifier = IntentClassifier(embedding_model=canonical_name(MODEL))
    test = load_utterances(Split.TEST)
    evaluations: tuple[Evaluation, ...] = (
        evaluate("test half", test, _embed(test), classifier),
        evaluate("test half, no embedding", test, None, classifier),
        *(_evaluate_blind(split, classifier) for split in BLIND),
    )
    return IntentReport(
        embedding_model=canonical_name(MODEL),
        train_families=len(families(load_utterances(Split.TRAIN))),
        test_families=len(families(test)),
        evaluations=evaluations,
    )


def _evaluate_blind(split: Split, classifier: IntentClassifier) -> Evaluation:
    utterances = load_utterances(split)
    return evaluate(split.value.replace("_", " "), utterances, _embed(utterances), classifier)


def _fit() -> None:
    utterances = load_utterances(Split.TRAIN)
    save_model(fit_model(utterances, _embed(utterances), canonical_name(MODEL)), WEIGHTS_FILE)


def _embed(utterances: Sequence[Utterance]) -> NDArray[np.float32]:
    return embed_texts([utterance.text for utterance in utterances])


def _write_json(path: Path, report: IntentReport) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")
