"""Phrases that were spoken once: found again, bounded, and never half."""

import os
from pathlib import Path

import pytest

from bot.media.format import TELEPHONE, Encoding, MediaFormat
from bot.services.phrase_cache import PhraseCache

VOICE = "aura-2-thalia-en"


async def kept(folder: Path, *texts: str, disk_bytes: int = 10_000) -> None:
    cache = PhraseCache(folder, disk_bytes=disk_bytes)
    await cache.open()
    for text in texts:
        cache.put(VOICE, TELEPHONE, text, text.encode() * 10)
    await cache.close()
    await cache.close()


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_the_next_process_knows_what_this_one_spoke(tmp_path: Path) -> None:
    await kept(tmp_path / "speech", "Hello.", "Goodbye.")
    cache = PhraseCache(tmp_path / "speech")
    assert cache.get(VOICE, TELEPHONE, "Hello.") is None
    await cache.open()
    assert cache.get(VOICE, TELEPHONE, "Hello.") == b"Hello." * 10
    assert cache.get(VOICE, TELEPHONE, "Goodbye.") == b"Goodbye." * 10
    await cache.close()


@pytest.mark.parametrize(
    ("voice", "media_format", "text"),
    [
        ("another", TELEPHONE, "Hello."),
        (VOICE, MediaFormat(Encoding.LINEAR16, 16000), "Hello."),
        (VOICE, TELEPHONE, "Hello!"),
    ],
)
def test_another_voice_format_or_text_is_another_phrase(voice: str, media_format: MediaFormat, text: str) -> None:
    cache = PhraseCache(None)
    cache.put(VOICE, TELEPHONE, "Hello.", b"audio")
    assert cache.get(voice, media_format, text) is None


def test_what_was_not_used_for_longest_leaves_memory_first() -> None:
    cache = PhraseCache(None, memory_bytes=30)
    for text in ("one", "two"):
        cache.put(VOICE, TELEPHONE, text, bytes(12))
    assert cache.get(VOICE, TELEPHONE, "one") is not None
    cache.put(VOICE, TELEPHONE, "three", bytes(12))
    assert cache.get(VOICE, TELEPHONE, "two") is None
    assert cache.get(VOICE, TELEPHONE, "one") is not None
    cache.put(VOICE, TELEPHONE, "too long", bytes(31))
    assert cache.get(VOICE, TELEPHONE, "too long") is None
    cache.put(VOICE, TELEPHONE, "nothing", b"")
    assert cache.get(VOICE, TELEPHONE, "nothing") is None


async def test_the_oldest_leaves_the_disk_first(tmp_path: Path) -> None:
    await kept(tmp_path, "old one")
    for path in files(tmp_path):
        os.utime(path, (1, 1))
    await kept(tmp_path, "new one", disk_bytes=100)
    assert len(files(tmp_path)) == 1
    cache = PhraseCache(tmp_path)
    await cache.open()
    assert cache.get(VOICE, TELEPHONE, "new one") is not None
    await cache.close()


async def test_a_folder_that_cannot_be_used_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    cache = PhraseCache(tmp_path / "file")
    await cache.open()
    cache.put(VOICE, TELEPHONE, "Hello.", b"audio")
    assert cache.get(VOICE, TELEPHONE, "Hello.") == b"audio"
    await cache.close()
