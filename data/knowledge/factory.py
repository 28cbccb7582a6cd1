"""Puts the parts of knowledge together as the settings say; the only place that chooses between them."""

from dataclasses import dataclass, field

import httpx

from config.setting_groups import EmbedProvider, VectorStoreKind
from config.settings import Settings
from data.knowledge.agent_locks import AgentLocks
from data.knowledge.calibration import load_calibration
from data.knowledge.changing_search import ChangingSearch, ChangingStore
from data.knowledge.chroma_server_store import ChromaServerVectorStore
from data.knowledge.chroma_store import ChromaVectorStore
from data.knowledge.chunk_gate import ChunkGate, GatedVectorStore
from data.knowledge.chunking import ChunkOptions
from data.knowledge.embedder import Embedder
from data.knowledge.embedding_endpoint import OllamaEndpoint, OpenAIEndpoint
from data.knowledge.faiss_store import FaissVectorStore
from data.knowledge.indexed_store import IndexedVectorStore
from data.knowledge.ingest import KnowledgeIngestor
from data.knowledge.model_change import ModelChange
from data.knowledge.passage_cache import PassageCache
from data.knowledge.passage_indexes import PassageIndexes
from data.knowledge.projector import AgentProjector
from data.knowledge.prompt_documents import PromptShelf
from data.knowledge.remembered_store import RememberedVectorStore
from data.knowledge.remote_embedder import RemoteEmbedder
from data.knowledge.retriever import KnowledgeSearch, Retriever
from data.knowledge.sentence_transformer_embedder import SentenceTransformerEmbedder
from data.knowledge.storage import OpenKnowledgeStorage
from data.knowledge.vector_store import VectorStore

EMBEDDING_TIMEOUT_SECONDS = 30.0
"""One request to another machine, for documents; a call's question brings its own, shorter deadline."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything of knowledge that one process shares between its calls.

    Attributes:
        embedder: Of the model that is set.
        store: Where documents change; see `ChangingStore`.
        retriever: What calls ask.
        change: Which agents still answer with the model that was set before.
        own_store: The store of the set model alone.
        locks: One writer at a time for each agent.
    """

    embedder: Embedder
    store: VectorStore
    retriever: KnowledgeSearch
    change: ModelChange
    own_store: VectorStore
    locks: AgentLocks
    gate: ChunkGate = field(default_factory=ChunkGate)
    shelf: PromptShelf = field(default_factory=PromptShelf)

    def ingestor(
        self, open_storage: OpenKnowledgeStorage, options: ChunkOptions | None = None
    ) -> KnowledgeIngestor:
        """What puts documents into storage and from there into the vector store.

        Args:
            open_storage: Opens a unit of work on the repository; see `OpenKnowledgeStorage`.
            options: Chunk sizes; 500 characters with 50 overlap by default.
        """
        return self._ingestor(open_storage, self.store, options)

    def projector(self, open_storage: OpenKnowledgeStorage) -> KnowledgeIngestor:
        """An ingestor that brings the set model's store in line with the database, and touches no other."""
        return self._ingestor(open_storage, self.own_store, None)

    def _ingestor(
        self, open_storage: OpenKnowledgeStorage, store: VectorStore, options: ChunkOptions | None
    ) -> KnowledgeIngestor:
        projector = AgentProjector(
            open_storage, store, self.embedder.model_name, self.gate, self.shelf, self.locks
        )
        return KnowledgeIngestor(open_storage, self.embedder, store, options, projector=projector)

    async def warm(self) -> None:
        """Load the model and open the store; takes seconds, in worker threads.

        Raises:
            ConfigurationError: The model cannot be loaded.
            VendorError: The store cannot be opened.
        """
        await self.store.warm()
        await self.embedder.warm()

    async def close(self) -> None:
        """Release model, files and threads; safe to call twice."""
        await self.retriever.close()
        await self.embedder.close()
        await self.store.close()


def build_knowledge(settings: Settings) -> Knowledge:
    """Construct, without loading or opening anything yet.

    Uses the settings of the embedder and of the vector store.
    """
    embedder = build_embedder(settings)
    store = build_store(settings, embedder.model_name)
    cache = PassageCache(settings.chroma_path.with_name("passages"), embedder.model_name)
    return assemble_knowledge(embedder, store, cache, is_shared=settings.chroma_url is not None)


def build_former_knowledge(settings: Settings, model_name: str) -> Knowledge:
    """What answered with another model, by the name that is stored with its vectors (`Embedder.model_name`)."""
    provider, _, model = model_name.partition("/")
    for known in (EmbedProvider.OLLAMA, EmbedProvider.OPENAI):
        if provider == known and model:
            return build_knowledge(settings.model_copy(update={"embed_provider": known, "embed_model": model}))
    own = {"embed_provider": EmbedProvider.SENTENCE_TRANSFORMERS, "embed_model": model_name}
    return build_knowledge(settings.model_copy(update=own))


def build_embedder(settings: Settings) -> Embedder:
    """The embedder that the settings name, not loaded yet.

    Uses `EMBED_PROVIDER`, `EMBED_MODEL`, and `OLLAMA_HOST` or `OPENAI_API_KEY` and `OPENAI_BASE_URL`.
    """
    match settings.embed_provider:
        case EmbedProvider.SENTENCE_TRANSFORMERS:
            return SentenceTransformerEmbedder(settings.embed_model)
        case EmbedProvider.OLLAMA:
            return RemoteEmbedder(
                OllamaEndpoint(settings.ollama_host, settings.embed_model, _client(), settings.ollama_headers)
            )
        case EmbedProvider.OPENAI:
            key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""
            endpoint = OpenAIEndpoint(str(settings.openai_base_url), key, settings.embed_model, _client())
            return RemoteEmbedder(endpoint)


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=EMBEDDING_TIMEOUT_SECONDS)


def build_store(settings: Settings, embedding_model: str) -> VectorStore:
    """The vector store that the settings name, not opened yet."""
    if settings.vector_store is VectorStoreKind.FAISS:
        return FaissVectorStore(settings.faiss_path, embedding_model)
    if settings.chroma_url:
        return ChromaServerVectorStore(str(settings.chroma_url), embedding_model)
    return ChromaVectorStore(settings.chroma_path, embedding_model)


def assemble_knowledge(
    embedder: Embedder, store: VectorStore, cache: PassageCache | None = None, *, is_shared: bool = False
) -> Knowledge:
    """Put an embedder and a store together.

    Args:
        embedder: Makes vectors.
        store: Finds the nearest.
        cache: Keeps passage vectors over a restart; None for none.
        is_shared: Whether other processes may change the store, so that it has to be asked every time.
    """
    gate = ChunkGate()
    gated = GatedVectorStore(store, gate)
    indexes = PassageIndexes(embedder, gated, cache)
    calibration = load_calibration(embedder.model_name)
    asked = store if is_shared else RememberedVectorStore(store, indexes)
    retriever = Retriever(embedder, GatedVectorStore(asked, gate), indexes, calibration)
    own_store = IndexedVectorStore(gated, indexes)
    change = ModelChange()
    return Knowledge(
        embedder,
        ChangingStore(own_store, change),
        ChangingSearch(retriever, change),
        change,
        own_store,
        AgentLocks(),
        gate,
    )
