"""Every setting, by group: the names, types, defaults and meaning of what a deployment may choose.

A field `twilio_auth_token` is the variable `TWILIO_AUTH_TOKEN`. `.env.example` is written from the
descriptions here (`config/env_example.py`), so that what is documented is what exists.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, SecretStr

from config.values import (
    SecretList,
    TextList,
    normalise_http_url,
    normalise_ollama_host,
    normalise_phone_number,
    normalise_url,
)

Url = Annotated[str, AfterValidator(normalise_url)]
HttpUrl = Annotated[str, AfterValidator(normalise_http_url)]
PhoneNumberText = Annotated[str, AfterValidator(normalise_phone_number)]


class LogLevel(StrEnum):
    """Least severe level that is logged."""

    TRACE = "TRACE"
    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class StatusWords(StrEnum):
    """Whose word REST uses for a finished conversation: `completed` (sdr) or `done` (elevenlabs)."""

    SDR = "sdr"
    ELEVENLABS = "elevenlabs"


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


class TwilioSettings(BaseModel):
    """Twilio: the telephone."""

    twilio_account_sid: str | None = Field(None, description="Account SID (AC…), from the Twilio console.")
    twilio_auth_token: SecretStr | None = Field(
        None, description="Auth token of that account: signs the webhooks, authorises the REST calls."
    )
    twilio_phone_number: PhoneNumberText | None = Field(
        None, description="Your number in E.164, such as +15551234567; calls to it reach the first agent."
    )
    twilio_base_url: HttpUrl = Field(
        "https://api.twilio.com", description="Twilio's REST API; changed only for a simulator."
    )
    twilio_validate_signatures: bool = Field(
        True, description="Refuse webhooks and media streams that Twilio did not sign."
    )


class DeepgramSettings(BaseModel):
    """Deepgram: speech to text and text to speech."""

    deepgram_api_key: SecretStr | None = Field(None, description="API key, from console.deepgram.com.")
    deepgram_voice: str = Field(
        "aura-2-thalia-en", min_length=1, description="Voice of agents that name none of their own."
    )
    deepgram_stt_model: str = Field(
        "nova-3",
        min_length=1,
        description="Recognition model: nova-3 or nova-2; flux-general-en or -multi finds ends of turn itself.",
    )
    deepgram_base_url: Url = Field(
        "https://api.deepgram.com", description="Where Deepgram is; http(s) or ws(s), self-hosted ones too."
    )


class OllamaSettings(BaseModel):
    """Ollama: the language model."""

    ollama_host: Annotated[str, AfterValidator(normalise_ollama_host)] = Field(
        "http://127.0.0.1:11434", description="Where Ollama is, with or without http://."
    )
    ollama_api_key: SecretStr | None = Field(
        None, description="Key for an Ollama that wants one: ollama.com's, or one behind a proxy."
    )
    ollama_model: str = Field(
        "llama3.1:8b", min_length=1, description="Model of agents that name none of their own."
    )
    llm_timeout_sec: float = Field(
        10, gt=0, le=120, description="Longest wait, in seconds, for a reply's first token."
    )
    llm_prefill: bool = Field(
        True, description="Have the model read an agent's prompt while the greeting is spoken."
    )
    speculation_max_streams: int = Field(
        32,
        ge=0,
        description="Replies under way from which none is begun early, before a turn is over; 0 for never.",
    )
    analysis_model: str | None = Field(
        None, description="Model for the analysis after a call; empty uses the agent's own."
    )


class EmbedProvider(StrEnum):
    """Who makes the vectors of documents and questions."""

    SENTENCE_TRANSFORMERS = "sentence-transformers"
    OLLAMA = "ollama"
    OPENAI = "openai"


class VectorStoreKind(StrEnum):
    """What finds the nearest vectors."""

    CHROMA = "chroma"
    FAISS = "faiss"


class KnowledgeSettings(BaseModel):
    """Knowledge: documents, embeddings and the vector store."""

    embed_model: str = Field(
        "sentence-transformers/all-MiniLM-L6-v2", min_length=1, description="Model that embeds the documents."
    )
    embed_provider: EmbedProvider = Field(
        EmbedProvider.SENTENCE_TRANSFORMERS,
        description="Who runs EMBED_MODEL: sentence-transformers (here), ollama (at OLLAMA_HOST) or openai.",
    )
    openai_api_key: SecretStr | None = Field(None, description="Key for EMBED_PROVIDER=openai.")
    openai_base_url: HttpUrl = Field(
        "https://api.openai.com/v1", description="OpenAI's API, or a server that speaks like it."
    )
    vector_store: VectorStoreKind = Field(
        VectorStoreKind.CHROMA, description="chroma (in a folder, or at CHROMA_URL) or faiss (in memory, saved)."
    )
    faiss_path: Path = Field(Path("var/faiss"), description="Folder in which VECTOR_STORE=faiss saves.")
    chroma_path: Path = Field(Path("var/chroma"), description="Folder of the embedded vector store.")
    chroma_url: HttpUrl | None = Field(
        None, description="A Chroma server, used instead of the folder; needed by several call processes."
    )
    data_file: Path = Field(
        Path("data/samples"), description="Document, or folder of documents, of the sample agent."
    )
    chunk_characters: int = Field(
        500, ge=20, le=10_000, description="Most characters of a chunk; holds for documents added from then on."
    )
    chunk_overlap: int = Field(
        50, ge=0, le=5_000, description="Characters of running text that a chunk repeats; at most half a chunk."
    )
    max_document_mb: float = Field(
        50, gt=0, le=2_000, description="Largest file or page, in megabytes, that is taken in as a document."
    )


class ServerSettings(BaseModel):
    """Server: where it listens and how much it takes on."""

    host: str = Field("0.0.0.0", min_length=1, description="Address to listen on.")
    port: int = Field(9001, ge=1, le=65535, description="Port to listen on.")
    public_url: HttpUrl | None = Field(
        None, description="https:// address at which Twilio reaches this server, such as a tunnel's."
    )
    max_concurrent_calls: int = Field(
        50, ge=1, le=1000, description="Calls at once; a further one hears a polite message."
    )
    max_loop_lag_ms: float = Field(
        200,
        gt=0,
        description="A process later than so many milliseconds for three seconds takes no further call.",
    )
    drain_seconds: float = Field(
        60, ge=0, le=7200, description="How long running calls may go on, in seconds, when the server stops."
    )
    cors_origins: TextList = Field(
        (), description="Web origins that may call the REST API, separated by commas; empty allows none."
    )
    rate_limit_per_minute: int = Field(600, ge=0, description="REST requests a minute and key; 0 sets no limit.")
    conversation_status_words: StatusWords = Field(
        StatusWords.SDR, description="Word for a finished conversation: sdr (completed) or elevenlabs (done)."
    )


class SecuritySettings(BaseModel):
    """Security: keys, secrets and what the server may reach."""

    api_keys: SecretList = Field(
        (),
        description="Keys of the default workspace with every scope, by commas; `run_bot.py keys` makes others.",
    )
    jwt_secret: SecretStr | None = Field(None, description="Signs browser sessions; empty makes one a start.")
    encryption_key: SecretList = Field(
        (), description="Keys for what is stored encrypted, by commas; the first one encrypts, all decrypt."
    )
    secrets_dir: Path | None = Field(
        None, description="Folder with one file per secret, named as the setting (Docker, Kubernetes)."
    )
    allow_private_targets: bool = Field(
        False, description="Let webhooks, tools and fetched URLs reach private addresses."
    )


class InterruptSettings(BaseModel):
    """Interruptions: when a caller's voice stops the agent's."""

    interrupt_enabled: bool = Field(True, description="Callers may interrupt (agents can say otherwise).")
    interrupt_min_energy: float = Field(
        800, ge=0, le=32767, description="Least loudness that counts as speech: RMS of 16-bit samples."
    )
    interrupt_debounce_ms: int = Field(
        400, ge=0, le=10_000, description="No second interruption within this many milliseconds."
    )
    interrupt_baseline_factor: float = Field(
        2.8, ge=1, le=100, description="How much louder than the line's own noise speech has to be."
    )
    interrupt_min_speech_ms: int = Field(
        100,
        ge=0,
        le=10_000,
        description='Milliseconds by which speech must outlast an "uh-huh" to interrupt without a word.',
    )


class StorageSettings(BaseModel):
    """Storage: the database, recordings and how long things are kept."""

    speech_cache_path: Path = Field(
        Path("var/speech"), description="Folder of greetings and stock phrases that were spoken once."
    )

    database_url: str = Field(
        "sqlite:///./var/agents.db", description="sqlite:///path, or postgresql://user:password@host/name."
    )
    record_calls: bool = Field(False, description="Record calls (encrypted: needs ENCRYPTION_KEY).")
    spool_path: Path = Field(
        Path("var/spool"),
        description="Folder where finished turns wait for a database that is away (sealed by ENCRYPTION_KEY).",
    )
    retention_days: int = Field(
        30, ge=0, le=36_500, description="Days that conversations are kept; 0 keeps them for ever."
    )
    audit_retention_days: int = Field(
        365, ge=0, le=36_500, description="Days that the audit log is kept; 0 keeps it for ever."
    )


class LogSettings(BaseModel):
    """Logs."""

    log_level: Annotated[LogLevel, BeforeValidator(_upper)] = Field(
        LogLevel.INFO, description="TRACE, DEBUG, INFO, WARNING or ERROR."
    )
    log_file: Path | None = Field(
        Path("var/server.log"), description="JSON lines, rotated; beside the readable log on the screen."
    )


GROUPS: tuple[type[BaseModel], ...] = (
    TwilioSettings,
    DeepgramSettings,
    OllamaSettings,
    KnowledgeSettings,
    ServerSettings,
    SecuritySettings,
    InterruptSettings,
    StorageSettings,
    LogSettings,
)
"""The groups in the order in which they are documented."""
