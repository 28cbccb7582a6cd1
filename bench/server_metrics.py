"""A server's own metrics, as anybody may read them."""

from dataclasses import dataclass

import httpx
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

_METRICS_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class ServerMetrics:
    """What a server said of itself at one moment.

    Attributes:
        families: Every metric; empty for a server that shows none.
    """

    families: tuple[Metric, ...]

    def value(self, name: str, **labels: str) -> float | None:
        """The value of one series, named with all its labels; None if the server does not show it."""
        samples = (sample for family in self.families for sample in family.samples)
        return next((one.value for one in samples if one.name == name and one.labels == labels), None)


async def read_metrics(server_url: str, api_key: str) -> ServerMetrics:
    """Ask a server for its metrics.

    Raises:
        httpx.HTTPError: It does not answer.
    """
    async with httpx.AsyncClient(timeout=_METRICS_SECONDS, trust_env=False) as client:
        answer = await client.get(f"{server_url}/metrics", headers={"xi-api-key": api_key})
    return ServerMetrics(tuple(text_string_to_metric_families(answer.text)) if answer.is_success else ())
