"""A start with another embedding model: the packaged MiniLM before, a (simulated) Ollama's model now."""

import asyncio
from pathlib import Path

from api.first_start import ensure_sample_agent
from api.knowledge_projection import open_projection
from config.setting_groups import EmbedProvider
from config.settings import Settings
from data.database import Database
from data.knowledge.factory import Knowledge, build_knowledge
from data.knowledge.retriever import RetrievalOptions
from data.knowledge.sentence_transformer_model import MINILM
from simulator.hosting import serve_app
from simulator.ollama.app import create_app
from simulator.ollama.options import OllamaOptions

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
ANYTHING = RetrievalOptions(min_similarity=0)
MODEL = "nomic-embed-text"


async def model_of_an_answer(knowledge: Knowledge, agent_id: str) -> str:
    found = await knowledge.retriever.retrieve(agent_id, "what does a battery cost", ANYTHING, deadline_seconds=10)
    assert found.snippets
    return found.embedding_model


async def test_the_next_start_goes_over_to_the_new_model_by_itself(tmp_path: Path) -> None:
    settings = Settings.model_validate({"data_file": SAMPLES, "chroma_path": tmp_path / "chroma"})
    database = Database(f"sqlite:///{tmp_path / 'agents.db'}")
    await database.upgrade()
    knowledge = build_knowledge(settings)
    agent_id = await ensure_sample_agent(settings, database, knowledge)
    assert agent_id is not None
    in_line = await open_projection(settings, database, knowledge)
    assert in_line.describe() is None
    await knowledge.close()
    async with serve_app(create_app(OllamaOptions())) as url:
        changed = settings.model_copy(
            update={"embed_provider": EmbedProvider.OLLAMA, "embed_model": MODEL, "ollama_host": url}
        )
        models: list[str] = []
        for _ in range(2):
            knowledge = build_knowledge(changed)
            await knowledge.warm()
            reembedding = await open_projection(changed, database, knowledge)
            models.append(await model_of_an_answer(knowledge, agent_id))
            async with asyncio.timeout(60):
                await reembedding.finished()
            models.append(await model_of_an_answer(knowledge, agent_id))
            await reembedding.close()
            await knowledge.close()
    await database.close()
    # So few documents may be done before the first question; who answers until then is `test_reembedding`'s.
    assert models[0] in (MINILM, f"ollama/{MODEL}")
    assert models[1:] == [f"ollama/{MODEL}"] * 3
