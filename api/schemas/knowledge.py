"""Bodies of documents, their chunks and their indexes, in the ElevenLabs shape."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from api.schemas.common import AccessInfo, RequestBody, ResponseBody

IndexStatus = Literal["created", "processing", "failed", "succeeded"]
DocumentKind = Literal["text", "file", "url"]
Name = Annotated[str, Field(min_length=1, max_length=500)]
_MAX_TEXT = 10_000_000
_MAX_QUESTION = 2_000


class _Extensible(RequestBody):
    model_config = ConfigDict(frozen=True, extra="ignore")


class TextBody(_Extensible):
    """A document as text."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        json_schema_extra={"examples": [{"text": "# Prices\n\nA check-up costs 79 dollars.", "name": "Prices"}]},
    )

    text: Annotated[str, Field(min_length=1, max_length=_MAX_TEXT)]
    name: Name | None = Field(default=None, description="Its first heading otherwise.")
    agent_id: str | None = Field(default=None, description="An agent that is to answer from it at once.")


class UrlBody(_Extensible):
    """A document as an address."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", json_schema_extra={"examples": [{"url": "https://example.com/prices"}]}
    )

    url: Annotated[str, Field(min_length=1, max_length=4_000)]
    name: Name | None = Field(default=None, description="The page's title otherwise.")
    agent_id: str | None = Field(default=None, description="An agent that is to answer from it at once.")


class DocumentPatch(_Extensible):
    """What changes of a document; what is left out stays."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", json_schema_extra={"examples": [{"name": "Prices of this year"}]}
    )

    name: Name | None = None
    content: Annotated[str, Field(min_length=1, max_length=_MAX_TEXT)] | None = None


class AgentDocumentBody(_Extensible):
    """The seeds' flat form: a text for one agent."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        json_schema_extra={"examples": [{"content": "We open at eight.", "kb_metadata": {"title": "Hours"}}]},
    )

    content: Annotated[str, Field(min_length=1, max_length=_MAX_TEXT)]
    kb_metadata: dict[str, JsonValue] = Field(
        default_factory=dict, description="`name`, `title` or `source` names the document."
    )


class QueryBody(_Extensible):
    """A caller's question."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        json_schema_extra={"examples": [{"text": "And on Sundays?", "previous_user_text": "When do you open?"}]},
    )

    text: Annotated[str, Field(max_length=_MAX_QUESTION)]
    previous_user_text: Annotated[str, Field(max_length=_MAX_QUESTION)] | None = Field(
        default=None, description="What the caller said before, for questions such as “and on Sundays?”."
    )
    top_k: Annotated[int, Field(ge=1, le=20)] | None = Field(
        default=None, description="The agent's own otherwise."
    )


class DocumentCreated(ResponseBody):
    """What a new document is called."""

    id: str
    name: str


class AgentDocumentCreated(DocumentCreated):
    """What became of a text for one agent."""

    document_id: str
    agent_id: str
    chunk_count: int
    status: IndexStatus


class DocumentMetadata(ResponseBody):
    """When, and how much."""

    created_at_unix_secs: int
    last_updated_at_unix_secs: int
    size_bytes: int


class Dependent(ResponseBody):
    """An agent that answers from a document."""

    type: Literal["available"] = "available"
    id: str
    name: str
    created_at_unix_secs: int
    access_level: Literal["admin", "editor", "commenter", "viewer"] = "admin"


class DocumentShown(ResponseBody):
    """One document, without its text."""

    id: str
    name: str
    type: DocumentKind
    metadata: DocumentMetadata
    supported_usages: list[Literal["prompt", "auto"]] = Field(
        description="`prompt` only where there is room for it."
    )
    access_info: AccessInfo = AccessInfo()
    url: str | None = None
    filename: str | None = None
    folder_parent_id: None = None
    folder_path: list[str] = Field(default_factory=list)


class DocumentListed(DocumentShown):
    """One document in a list."""

    dependent_agents: list[Dependent]


class DocumentSummary(ResponseBody):
    """One document of several that were asked for: there, or why it is not."""

    status: Literal["success", "failure"]
    data: DocumentListed | None = None
    error_code: int | None = None
    error_status: str | None = None
    error_message: str | None = None


class HighlightSegment(ResponseBody):
    """A part of a passage."""

    value: str
    is_hit: bool = Field(description="Whether it is a word that was searched for.")


class DocumentMatch(ResponseBody):
    """A document in which something was found."""

    document: DocumentListed
    search_snippet: list[HighlightSegment] = Field(description="The passage that fits best, in its parts.")
    score: float = Field(description="Share of the words searched for that this passage has, 0 to 1.")


class DocumentMatches(ResponseBody):
    """A page of documents in which something was found, the best first."""

    results: list[DocumentMatch]
    has_more: bool
    next_cursor: str | None


class DocumentDetail(DocumentShown):
    """One document with its text."""

    extracted_inner_html: str = Field(description="The text that was taken out of it, as Markdown.")


class DocumentPage(ResponseBody):
    """A page of documents."""

    documents: list[DocumentListed]
    has_more: bool
    next_cursor: str | None


class DependentPage(ResponseBody):
    """The agents that answer from a document."""

    agents: list[Dependent]
    has_more: bool
    next_cursor: str | None


class ChunkShown(ResponseBody):
    """One chunk."""

    id: str
    name: str = Field(description="The headings that it stands under.")
    content: str
    position: int
    page: int | None = Field(default=None, description="Where it begins, in formats with pages.")


class ChunkPage(ResponseBody):
    """A page of chunks, in their order."""

    chunks: list[ChunkShown]
    has_more: bool
    next_cursor: str | None


class IndexUsage(ResponseBody):
    """Size of the vectors."""

    used_bytes: int


class RagIndex(ResponseBody):
    """What is stored of a document for one embedding model."""

    id: str
    model: str
    status: IndexStatus
    progress_percentage: float
    document_model_index_usage: IndexUsage
    failure: str | None = Field(default=None, description="The code of the error that ended it.")


class RagIndexes(ResponseBody):
    """Those of one document."""

    indexes: list[RagIndex]


class ModelUsage(ResponseBody):
    """Size of all vectors of a model."""

    model: str
    used_bytes: int


class RagOverview(ResponseBody):
    """What the vectors of a workspace take."""

    total_used_bytes: int
    total_max_bytes: int
    models: list[ModelUsage]


class RagRequest(_Extensible):
    """An index that is wanted. The server embeds with its own model, whatever is named."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", json_schema_extra={"examples": [{"model": "e5_mistral_7b_instruct"}]}
    )

    model: str | None = None


class RagRequestItem(_Extensible):
    """One of several."""

    document_id: Annotated[str, Field(max_length=128)]
    create_if_missing: bool = True
    model: str | None = None


class RagRequests(_Extensible):
    """Indexes that are wanted."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        json_schema_extra={
            "examples": [{"items": [{"document_id": "doc_01jb3k5c6d7e8f9g0h1j2k3m4n", "create_if_missing": True}]}]
        },
    )

    items: Annotated[list[RagRequestItem], Field(max_length=100)]


class RagRequestDone(ResponseBody):
    """One index of several: there, or why it is not."""

    status: Literal["success", "failure"]
    data: RagIndex | None = None
    error_code: int | None = None
    error_status: str | None = None
    error_message: str | None = None


class KnowledgeSize(ResponseBody):
    """How much an agent knows."""

    number_of_pages: float


class QueryChunk(ResponseBody):
    """One chunk that a call would be given."""

    document_id: str
    chunk_id: str
    content: str
    similarity: float
    title: str
    vector_distance: float


class QueryAnswer(ResponseBody):
    """What a call would be given for a question."""

    chunks: list[QueryChunk]
    answerable: bool
    similarity: float = Field(description="How likely the documents hold the answer, quoted or not.")
    query: str = Field(description="What was searched for.")
    latency_ms: float
    timed_out: bool
