"""What Flux is asked for, by the agent's settings."""

from urllib.parse import parse_qs, urlsplit

import pytest

from bot.media.format import TELEPHONE
from bot.services.flux_options import FLUX_PATIENCE, FluxOptions
from data.agent_config import TurnEagerness
from simulator.deepgram.flux_query import parse_flux


def query(
    eagerness: TurnEagerness = TurnEagerness.NORMAL,
    *,
    model: str = "flux-general-en",
    threshold: float = 0.8,
    early: bool = True,
) -> dict[str, str]:
    options = FluxOptions("ws://x", "k", model, "en-US", TELEPHONE, FLUX_PATIENCE[eagerness], threshold, early)
    address = urlsplit(options.url())
    assert address.path == "/v2/listen"
    return {name: value for name, (value,) in parse_qs(address.query).items()}


def test_the_usual_agent() -> None:
    assert query() == {
        "model": "flux-general-en",
        "encoding": "mulaw",
        "sample_rate": "8000",
        "eot_threshold": "0.7",
        "eager_eot_threshold": "0.4",
        "eot_timeout_ms": "2000",
    }


@pytest.mark.parametrize("eagerness", TurnEagerness)
def test_every_eagerness_is_within_what_flux_takes(eagerness: TurnEagerness) -> None:
    thresholds = parse_flux(query(eagerness)).thresholds
    assert thresholds.problem() is None


def test_a_patient_agent_wants_more_certainty_and_gives_more_time() -> None:
    order = (TurnEagerness.EAGER, TurnEagerness.NORMAL, TurnEagerness.PATIENT)
    eager, normal, patient = (parse_flux(query(eagerness)).thresholds for eagerness in order)
    assert eager.eot < normal.eot < patient.eot
    assert eager.timeout_ms < normal.timeout_ms < patient.timeout_ms
    assert (eager.eager or 0) < (normal.eager or 0) < (patient.eager or 0)


def test_likely_ends_are_not_asked_for_where_nothing_is_begun_early() -> None:
    assert "eager_eot_threshold" not in query(early=False)


def test_a_high_threshold_of_the_agent_gives_more_silence_but_less_than_a_stuck_turn() -> None:
    assert query(threshold=2.5)["eot_timeout_ms"] == "2500"
    assert query(threshold=9)["eot_timeout_ms"] == "4000"


def test_the_multilingual_model_is_given_the_language() -> None:
    assert query(model="flux-general-multi")["language_hint"] == "en"
    assert "language_hint" not in query()
