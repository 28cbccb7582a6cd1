"""Health of what calls use, against the simulated Ollama and a real store."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from api.health_checks import HealthStatus
from api.runtime_checks import runtime_checks
from bot.services.ollama_chat import OllamaChatModel
from config.errors import VendorError
from data.journal.delivery import DatabaseState
from data.journal.figures import JournalFigures
from data.knowledge.chroma_store import ChromaVectorStore
from simulator.hosting import serve_app
from simulator.ollama.app import create_app
from simulator.ollama.options import OllamaOptions


class _BrokenStore(ChromaVectorStore):
    async def count(self, agent_id: str) -> int:
        raise VendorError("chroma", "The vector store failed: OSError.")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[ChromaVectorStore]:
    store = ChromaVectorStore(tmp_path / "chroma", "m")
    yield store
    await store.close()


@pytest.mark.parametrize(
    ("name", "loaded", "status", "reason"),
    [
        ("llama3.1:8b", ("llama3.1:8b",), HealthStatus.HEALTHY, None),
        ("llama3.1:8b", (), HealthStatus.HEALTHY, "not in memory"),
        ("nobody:1b", (), HealthStatus.DEGRADED, "run: ollama pull nobody:1b"),
    ],
)
async def test_the_model(
    store: ChromaVectorStore, name: str, loaded: Sequence[str], status: HealthStatus, reason: str | None
) -> None:
    async with serve_app(create_app(OllamaOptions(preloaded=tuple(loaded)))) as url:
        model = OllamaChatModel(url, first_token_deadline=1, inter_token_deadline=1)
        result = await runtime_checks(model, name, store, JournalFigures)["ollama"]()
        await model.close()
    assert result.status is status
    assert (result.reason is None) if reason is None else (reason in (result.reason or ""))


async def test_a_model_that_is_away(store: ChromaVectorStore) -> None:
    model = OllamaChatModel("http://127.0.0.1:9", first_token_deadline=1, inter_token_deadline=1)
    result = await runtime_checks(model, "llama3.1:8b", store, JournalFigures)["ollama"]()
    await model.close()
    assert result.status is HealthStatus.DEGRADED
    assert "OLLAMA_HOST" in (result.reason or "")


async def test_the_vector_store(store: ChromaVectorStore, tmp_path: Path) -> None:
    model = OllamaChatModel("http://127.0.0.1:9", first_token_deadline=1, inter_token_deadline=1)
    assert (await runtime_checks(model, "x", store, JournalFigures)["chroma"]()).status is HealthStatus.HEALTHY
    about = "1 of 2 agents are done"
    changing = await runtime_checks(model, "x", store, JournalFigures, lambda: about)["chroma"]()
    assert (changing.status, changing.reason) == (HealthStatus.HEALTHY, about)
    broken = _BrokenStore(tmp_path / "broken", "m")
    result = await runtime_checks(model, "x", broken, JournalFigures)["chroma"]()
    assert (result.status, result.reason) == (HealthStatus.DEGRADED, "The vector store failed: OSError.")
    await model.close()
    await broken.close()


@pytest.mark.parametrize(
    ("figures", "status", "reason"),
    [
        (JournalFigures(in_memory=2), HealthStatus.HEALTHY, ""),
        (JournalFigures(DatabaseState.AWAY, spooled=2), HealthStatus.DEGRADED, "wait on the disk"),
        (JournalFigures(in_memory=1, spooled=1, dropped=3), HealthStatus.DEGRADED, "3 events of calls were lost"),
        (JournalFigures(in_memory=2, quarantined=1), HealthStatus.DEGRADED, "set aside"),
    ],
)
async def test_the_journal(
    store: ChromaVectorStore, figures: JournalFigures, status: HealthStatus, reason: str
) -> None:
    model = OllamaChatModel("http://127.0.0.1:9", first_token_deadline=1, inter_token_deadline=1)
    result = await runtime_checks(model, "x", store, lambda: figures)["journal"]()
    await model.close()
    assert result.status is status
    assert reason in (result.reason or "")
    assert result.count == (0 if not figures.in_memory + figures.spooled else 2)
