"""Reads documents in processes of their own, few at a time and with a deadline; the event loop only waits."""

import asyncio
import sys
import tempfile
from pathlib import Path

from loguru import logger
from pydantic import ValidationError

from config.errors import CapacityError, InvalidInputError
from data.knowledge.chunking import ChunkOptions
from data.knowledge.extract.worker import ExtractionAnswer, ExtractionRequest, answer_request
from data.knowledge.prepared import PreparedDocument

DEADLINE_SECONDS = 300.0
"""Of one document; 500 pages of PDF take about a tenth of it."""
AT_ONCE = 2
MAX_WAITING = 32
_HARMLESS_BYTES = 50_000
_HARMLESS_SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown"})
_ROOT = Path(__file__).resolve().parents[3]
_COMMAND = ("-m", "data.knowledge.extract.worker")


class DocumentReader:
    """Takes text out of files and cuts it into chunks.

    Args:
        options: Sizes of chunks.
        deadline_seconds: Of one document; its process is killed then.
    """

    def __init__(self, options: ChunkOptions | None = None, *, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self._options = options or ChunkOptions()
        self._deadline_seconds = deadline_seconds
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def read_file(
        self,
        path: Path,
        *,
        filename: str | None = None,
        media_type: str = "",
        name: str | None = None,
        url: str | None = None,
    ) -> PreparedDocument:
        """Read a file.

        Args:
            path: Where it is; absolute.
            filename: What it is called; its path's last part otherwise.
            media_type: As the sender says.
            name: Title of the document, if it is to have a certain one.
            url: Where it came from, for a page of the web.

        Raises:
            InvalidInputError: It cannot be read; the code says why (`document_…`).
            CapacityError: Too many are waiting.
        """
        return await self._run(
            ExtractionRequest(
                path=str(path),
                filename=filename or path.name,
                media_type=media_type,
                name=name,
                url=url,
                limit=self._options.limit,
                overlap=self._options.overlap,
            )
        )

    async def read_text(self, text: str, *, name: str | None = None) -> PreparedDocument:
        """Cut a text that is there already.

        Raises:
            InvalidInputError: It is empty or too large.
            CapacityError: Too many are waiting.
        """
        with tempfile.TemporaryDirectory(prefix="document-") as folder:
            path = Path(folder) / "text.md"
            await asyncio.to_thread(path.write_text, text, encoding="utf-8", errors="replace", newline="")
            return await self._run(
                ExtractionRequest(
                    path=str(path),
                    filename=name or "The document",
                    name=name,
                    is_markdown=True,
                    limit=self._options.limit,
                    overlap=self._options.overlap,
                )
            )

    async def _run(self, request: ExtractionRequest) -> PreparedDocument:
        if self._waiting >= MAX_WAITING:
            raise CapacityError("Too many documents are waiting to be read; try again in a moment.")
        self._waiting += 1
        try:
            async with self._turns:
                if await asyncio.to_thread(_is_harmless, request):
                    answer = await asyncio.to_thread(answer_request, request)
                else:
                    answer = await self._answer(request)
        finally:
            self._waiting -= 1
        if answer.document is None:
            raise InvalidInputError(answer.error_message, code=answer.error_code)
        return answer.document

    async def _answer(self, request: ExtractionRequest) -> ExtractionAnswer:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *_COMMAND,
            cwd=_ROOT,
            # Nothing of the server's environment: its secrets are no business of a parser.
            env={"PYTHONUTF8": "1"},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(self._deadline_seconds):
                output, _ = await process.communicate(request.model_dump_json().encode())
        except TimeoutError:
            raise InvalidInputError(
                f"{request.filename} took longer than {self._deadline_seconds:g} s to read. Divide it.",
                code="document_too_complex",
            ) from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        try:
            return ExtractionAnswer.model_validate_json(output)
        except ValidationError:
            logger.bind(returncode=process.returncode).warning("A document's reader ended without an answer.")
            raise InvalidInputError(
                f"{request.filename} cannot be read: it is damaged, or needs too much memory.",
                code="document_damaged",
            ) from None


def _is_harmless(request: ExtractionRequest) -> bool:
    """True for a short text: that needs no parser, and starting a process would take longer than reading it."""
    path = Path(request.path)
    suffix = path.suffix if request.is_markdown else Path(request.filename).suffix
    return suffix.lower() in _HARMLESS_SUFFIXES and path.stat().st_size <= _HARMLESS_BYTES
