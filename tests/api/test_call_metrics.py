"""What calls count."""

from prometheus_client import CollectorRegistry, generate_latest

from api.call_metrics import AnswersMetrics, LoopLagMetrics, SpeculationMetrics
from bot.answers_cache import AnswersCache
from bot.events import ReplySpeculated, SpeculationStage
from bot.media.loop_lag import LoopLag


def test_early_replies_are_counted_by_what_became_of_them() -> None:
    metrics, registry = SpeculationMetrics(), CollectorRegistry()
    registry.register(metrics)
    stages = (SpeculationStage.STARTED, SpeculationStage.STARTED, SpeculationStage.USED)
    for stage in stages:
        metrics.emit(ReplySpeculated("conv_1", 0.0, stage))
    metrics.emit(ReplySpeculated("conv_1", 0.0, SpeculationStage.DROPPED, wasted_tokens=12))

    shown = generate_latest(registry).decode()
    assert 'phone_agent_speculative_replies_total{stage="started"} 2.0' in shown
    assert 'phone_agent_speculative_replies_total{stage="used"} 1.0' in shown
    assert 'phone_agent_speculative_replies_total{stage="dropped"} 1.0' in shown
    assert "phone_agent_speculative_tokens_wasted_total 12.0" in shown


def test_kept_answers_are_counted_by_whether_one_was_found() -> None:
    answers, registry = AnswersCache(), CollectorRegistry()
    registry.register(AnswersMetrics(answers))
    assert 'phone_agent_answers_cache_total{result="hit"} 0.0' in generate_latest(registry).decode()
    answers.get("agent_1", "key")
    answers.put("agent_1", "key", "An answer.", seconds=60)
    for _ in range(2):
        answers.get("agent_1", "key")

    shown = generate_latest(registry).decode()
    assert 'phone_agent_answers_cache_total{result="hit"} 2.0' in shown
    assert 'phone_agent_answers_cache_total{result="miss"} 1.0' in shown


def test_the_lag_of_the_event_loop_is_shown() -> None:
    lag, registry = LoopLag(), CollectorRegistry()
    registry.register(LoopLagMetrics(lag))
    lag.note(10.0, 0.125)
    assert "phone_agent_event_loop_lag_seconds 0.125" in generate_latest(registry).decode()
