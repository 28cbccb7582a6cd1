"""Puts document intake together as the settings say."""

from config.settings import Settings
from data.database import Database
from data.knowledge.chunking import ChunkOptions
from data.knowledge.database_storage import knowledge_storage
from data.knowledge.extract.reader import DocumentReader
from data.knowledge.factory import Knowledge
from data.knowledge.fetch import DocumentFetcher
from data.knowledge.intake import DocumentIntake

_BYTES_PER_MB = 1_000_000


def build_intake(settings: Settings, database: Database, knowledge: Knowledge) -> DocumentIntake:
    """What takes documents in.

    Uses `CHUNK_CHARACTERS`, `CHUNK_OVERLAP`, `MAX_DOCUMENT_MB` and `ALLOW_PRIVATE_TARGETS`.
    """
    options = ChunkOptions(settings.chunk_characters, settings.chunk_overlap)
    max_bytes = round(settings.max_document_mb * _BYTES_PER_MB)
    return DocumentIntake(
        DocumentReader(options),
        DocumentFetcher(max_bytes, allow_private=settings.allow_private_targets),
        knowledge.ingestor(knowledge_storage(database), options),
        max_bytes,
    )
