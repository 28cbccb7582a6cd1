"""How often a server has looked for an answer in its cache, by its own metrics."""

from bench.answers.answers_report import Lookups
from bench.environment import Environment
from bench.server_metrics import read_metrics

_COUNTER = "phone_agent_answers_cache_total"


async def count_lookups(environment: Environment) -> Lookups | None:
    """Ask now; None for a server that does not count them.

    Raises:
        httpx.HTTPError: It does not answer.
    """
    metrics = await read_metrics(environment.server_url, environment.api_key)
    hits, misses = metrics.value(_COUNTER, result="hit"), metrics.value(_COUNTER, result="miss")
    return Lookups(hits=round(hits), misses=round(misses)) if hits is not None and misses is not None else None
