"""Speech that is the same in every call (greetings, apologies), synthesised once per voice and kept on disk.

A greeting from here is audible a synthesis earlier, and an apology even when text-to-speech is what failed. Only
fixed sentences come in, never what a model wrote: that is about a caller.
"""

import asyncio
import hashlib
import os
from collections import OrderedDict
from pathlib import Path

from loguru import logger

from bot.media.format import MediaFormat

MEMORY_BYTES = 16 * 1024 * 1024
DISK_BYTES = 256 * 1024 * 1024
MOST_UNWRITTEN = 64
"""Phrases that wait for the disk; more are kept in memory only."""
_SUFFIX = ".audio"


class PhraseCache:
    """The phrases of one process; `open()` it once and `close()` it.

    Looking up and keeping never touch the disk: what is there is read at the start, as far as memory allows, and
    written by a task.

    Args:
        folder: Where audio is kept, one file a phrase; made if it is not there. None keeps it in memory only.
        memory_bytes: Most audio in memory; what was not used for longest goes first.
        disk_bytes: Most audio in the folder; the oldest goes first.
    """

    def __init__(
        self, folder: Path | None, *, memory_bytes: int = MEMORY_BYTES, disk_bytes: int = DISK_BYTES
    ) -> None:
        self._folder = folder
        self._memory_bytes = memory_bytes
        self._disk_bytes = disk_bytes
        self._phrases: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._unwritten: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue(MOST_UNWRITTEN)
        self._writer: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Read what earlier processes kept; a folder that cannot be used is reported and done without."""
        if self._folder is None:
            return
        try:
            kept = await asyncio.to_thread(_read_all, self._folder, self._memory_bytes)
        except OSError as error:
            logger.warning("Cannot use {} for speech: {}", self._folder, error.strerror or error)
            return
        for name, audio in kept:
            self._remember(name, audio)
        self._writer = asyncio.get_running_loop().create_task(self._write(self._folder), name="phrase-cache")

    async def close(self) -> None:
        """Write what waits, and stop; idempotent."""
        writer, self._writer = self._writer, None
        if writer is None:
            return
        await self._unwritten.join()
        writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)

    def get(self, voice: str, media_format: MediaFormat, text: str) -> bytes | None:
        """The audio of a phrase in that voice and format, if it is known."""
        name = _name(voice, media_format, text)
        audio = self._phrases.get(name)
        if audio is not None:
            self._phrases.move_to_end(name)
        return audio

    def put(self, voice: str, media_format: MediaFormat, text: str, audio: bytes) -> None:
        """Keep a phrase, whole; nothing is kept for no audio."""
        if not audio or len(audio) > self._memory_bytes:
            return
        name = _name(voice, media_format, text)
        self._remember(name, audio)
        if self._writer is not None and not self._unwritten.full():
            self._unwritten.put_nowait((name, audio))

    def _remember(self, name: str, audio: bytes) -> None:
        self._size += len(audio) - len(self._phrases.pop(name, b""))
        self._phrases[name] = audio
        while self._size > self._memory_bytes:
            _, dropped = self._phrases.popitem(last=False)
            self._size -= len(dropped)

    async def _write(self, folder: Path) -> None:
        while True:
            name, audio = await self._unwritten.get()
            try:
                await asyncio.to_thread(_write_one, folder, name, audio, self._disk_bytes)
            except OSError as error:
                logger.warning("A phrase could not be kept on disk: {}", error.strerror or error)
            finally:
                self._unwritten.task_done()


def _name(voice: str, media_format: MediaFormat, text: str) -> str:
    parts = (voice, media_format.encoding.value, str(media_format.sample_rate), text)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _newest_first(folder: Path) -> list[tuple[Path, os.stat_result]]:
    files = [(path, path.stat()) for path in folder.glob(f"*{_SUFFIX}")]
    return sorted(files, key=lambda entry: entry[1].st_mtime, reverse=True)


def _read_all(folder: Path, limit: int) -> list[tuple[str, bytes]]:
    """Phrases in the order of their age, the newest last, as many as the limit holds."""
    folder.mkdir(parents=True, exist_ok=True)
    kept: list[tuple[str, bytes]] = []
    for path, stat in _newest_first(folder):
        limit -= stat.st_size
        if limit < 0:
            break
        kept.append((path.stem, path.read_bytes()))
    return kept[::-1]


def _write_one(folder: Path, name: str, audio: bytes, limit: int) -> None:
    """Write a phrase so that no reader ever sees half of it, and make room."""
    unfinished = folder / f"{name}.{os.getpid()}.part"
    unfinished.write_bytes(audio)
    unfinished.replace(folder / f"{name}{_SUFFIX}")
    for path, stat in _newest_first(folder):
        limit -= stat.st_size
        if limit < 0:
            path.unlink(missing_ok=True)
