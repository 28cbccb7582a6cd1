"""What calls count."""

from prometheus_client import CollectorRegistry, generate_latest

from api.call_metrics import LoopLagMetrics, SpeculationMetrics
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


def test_the_lag_of_the_event_loop_is_shown() -> None:
    lag, registry = LoopLag(), CollectorRegistry()
    registry.register(LoopLagMetrics(lag))
    lag.note(10.0, 0.125)
    assert "phone_agent_event_loop_lag_seconds 0.125" in generate_latest(registry).decode()
