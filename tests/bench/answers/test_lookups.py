from prometheus_client import CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.call_metrics import AnswersMetrics
from bench.answers.answers_report import Lookups
from bench.answers.lookups import count_lookups
from bot.answers_cache import AnswersCache
from simulator.hosting import serve_app
from tests.bench.answers.environments import environment_at


async def test_what_the_product_counts_is_read() -> None:
    cache, registry = AnswersCache(), CollectorRegistry()
    registry.register(AnswersMetrics(cache))

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(registry))

    async with serve_app(Starlette(routes=[Route("/metrics", metrics)])) as url:
        before = await count_lookups(environment_at(url))
        cache.get("agent_1", "key")
        cache.put("agent_1", "key", "An answer.", seconds=60)
        for _ in range(3):
            cache.get("agent_1", "key")
        after = await count_lookups(environment_at(url))
    assert before == Lookups(hits=0, misses=0)
    assert after == Lookups(hits=3, misses=1)
    assert after.since(Lookups(hits=1, misses=0)) == Lookups(hits=2, misses=1)


async def test_a_server_that_does_not_count() -> None:
    async with serve_app(Starlette()) as url:
        assert await count_lookups(environment_at(url)) is None
