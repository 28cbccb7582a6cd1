"""How knowledge is put together, and what it must not load while it is."""

import subprocess
import sys
from pathlib import Path

import pytest

from config.settings import Settings
from data.knowledge.chroma_server_store import ChromaServerVectorStore
from data.knowledge.chroma_store import ChromaVectorStore
from data.knowledge.factory import build_knowledge, build_store

ROOT = Path(__file__).parents[3]
IMPORT_EVERYTHING = """
import importlib, pkgutil, sys
import data.knowledge
names = [module.name for module in pkgutil.iter_modules(data.knowledge.__path__)]
assert len(names) > 10, names
for name in names:
    if name not in ("chroma_collections", "sentence_network"):
        importlib.import_module(f"data.knowledge.{name}")
from config.settings import Settings
data.knowledge.factory.build_knowledge(Settings())
heavy = {"torch", "chromadb", "sentence_transformers", "transformers", "onnxruntime"} & set(sys.modules)
assert not heavy, heavy
"""


def test_importing_and_building_loads_neither_torch_nor_chromadb() -> None:
    result = subprocess.run(
        [sys.executable, "-c", IMPORT_EVERYTHING], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


async def test_without_a_server_the_store_is_a_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHROMA_URL", raising=False)
    knowledge = build_knowledge(Settings(chroma_path=tmp_path / "chroma"))
    assert isinstance(build_store(Settings(), "model"), ChromaVectorStore)
    await knowledge.store.warm()
    assert (tmp_path / "chroma").is_dir()
    await knowledge.close()
    await knowledge.close()


async def test_with_a_url_the_store_is_a_server() -> None:
    store = build_store(Settings(chroma_url="http://chroma.example:8000"), "model")
    assert isinstance(store, ChromaServerVectorStore)
    await store.close()
