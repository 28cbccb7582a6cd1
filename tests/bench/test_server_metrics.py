import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bench.server_metrics import read_metrics
from simulator.hosting import serve_app

METRICS = """\
# HELP phone_agent_answers_cache_total Questions.
# TYPE phone_agent_answers_cache_total counter
phone_agent_answers_cache_total{result="hit"} 3.0
phone_agent_answers_cache_total{result="miss"} 4.0
# HELP phone_agent_event_loop_tasks Tasks.
# TYPE phone_agent_event_loop_tasks gauge
phone_agent_event_loop_tasks 12.0
"""


async def _metrics(request: Request) -> PlainTextResponse:
    assert request.headers["xi-api-key"] == "key"
    return PlainTextResponse(METRICS)


@pytest.mark.parametrize(
    ("name", "labels", "value"),
    [
        ("phone_agent_answers_cache_total", {"result": "hit"}, 3.0),
        ("phone_agent_answers_cache_total", {"result": "miss"}, 4.0),
        ("phone_agent_answers_cache_total", {}, None),
        ("phone_agent_event_loop_tasks", {}, 12.0),
        ("phone_agent_unknown", {}, None),
    ],
)
async def test_a_series_is_found_by_its_name_and_labels(
    name: str, labels: dict[str, str], value: float | None
) -> None:
    async with serve_app(Starlette(routes=[Route("/metrics", _metrics)])) as url:
        assert (await read_metrics(url, "key")).value(name, **labels) == value


async def test_a_server_without_metrics_has_no_values() -> None:
    async with serve_app(Starlette()) as url:
        assert (await read_metrics(url, "key")).value("phone_agent_event_loop_tasks") is None
