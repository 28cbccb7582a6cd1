"""The knowledge of a running server: what reads documents, what publishes them, and the tasks that do it.

A request waits for its document a while; what takes longer goes on here, in tasks that this object owns.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Protocol, runtime_checkable

from loguru import logger
from sqlalchemy.exc import SQLAlchemyError

from api.state import AppState
from config.errors import CapacityError, ConfigurationError, NotFoundError, PhoneAgentError
from data.database import Database
from data.knowledge.factory import Knowledge
from data.knowledge.intake import DocumentIntake
from data.repositories.knowledge_chunks import KnowledgeChunkRepository

WAIT_SECONDS = 10.0
"""How long a request waits for its document to be published before it answers without."""
MAX_TASKS = 500
_FAULTS = (PhoneAgentError, SQLAlchemyError, TimeoutError)


class KnowledgeWork:
    """Documents of a running server, and the tasks that bring them to the agents.

    Args:
        database: Where documents are.
        knowledge: What calls answer from.
        intake: Reads, fetches and ingests.
    """

    def __init__(self, database: Database, knowledge: Knowledge, intake: DocumentIntake) -> None:
        self.knowledge = knowledge
        self.intake = intake
        self._database = database
        self._tasks: set[asyncio.Task[None]] = set()
        self._indexing: dict[str, asyncio.Task[None]] = {}
        self._progress: dict[str, float] = {}
        self._failures: dict[str, str] = {}

    @property
    def embedding_model(self) -> str:
        """Whose vectors questions are compared with."""
        return self.knowledge.embedder.model_name

    def progress(self, document_id: str) -> float | None:
        """How far a document that is being embedded has come, 0 to 100; None if it is not."""
        return self._progress.get(document_id) if document_id in self._indexing else None

    def failure(self, document_id: str) -> str | None:
        """The code of the error that ended a document's embedding, if one did."""
        return self._failures.get(document_id)

    async def index(self, workspace_id: str, document_id: str, *, wait_seconds: float = WAIT_SECONDS) -> None:
        """Embed and publish a stored document; goes on by itself if that takes longer than the wait.

        Raises:
            CapacityError: Too many are waiting.
        """
        task = self._indexing.get(document_id)
        if task is None:
            task = self._start(self._index(workspace_id, document_id), f"index-{document_id}")
            self._indexing[document_id] = task
            task.add_done_callback(lambda _: self._indexing.pop(document_id, None))
        if wait_seconds:
            await asyncio.wait({task}, timeout=wait_seconds)

    async def agents_changed(
        self,
        workspace_id: str,
        agent_ids: Sequence[str],
        *,
        attached: Sequence[str] = (),
        withdrawn: Sequence[str] = (),
        gone: Sequence[str] = (),
    ) -> None:
        """Let agents answer from what their settings say now; goes on by itself if that takes long.

        Args:
            workspace_id: Whose agents.
            agent_ids: Which.
            attached: Documents that they did not have before; embedded if they are not.
            withdrawn: Chunks that no question may find from this moment on.
            gone: Documents that they no longer have.

        Raises:
            CapacityError: Too many are waiting.
        """
        tasks = [
            self._start(self._project(workspace_id, agent_id, withdrawn, gone), f"project-{agent_id}")
            for agent_id in agent_ids
        ]
        for document_id in attached:
            await self.index(workspace_id, document_id, wait_seconds=0)
            tasks.append(self._indexing[document_id])
        if tasks:
            await asyncio.wait(tasks, timeout=WAIT_SECONDS)

    async def agent_deleted(self, agent_id: str) -> None:
        """Forget what an agent answered from."""
        await asyncio.wait({self._start(self._forget(agent_id), f"forget-{agent_id}")}, timeout=WAIT_SECONDS)

    async def resume(self) -> None:
        """Begin to embed what was stored but not embedded, such as after a crash."""
        async with self._database.read() as session:
            waiting = await KnowledgeChunkRepository(session).pending()
        if waiting:
            logger.bind(documents=len(waiting)).info("Embedding documents that were waiting for it")
            self._start(self._index_all(waiting), "index-all")

    async def close(self) -> None:
        """End the tasks; what they had not committed is begun anew at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        if len(self._tasks) >= MAX_TASKS:
            work.close()
            raise CapacityError("Too many documents are being worked on; try again in a moment.")
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _index_all(self, documents: Sequence[tuple[str, str]]) -> None:
        for workspace_id, document_id in documents:
            await self.index(workspace_id, document_id, wait_seconds=0)
            task = self._indexing.get(document_id)
            if task is not None:
                await asyncio.wait({task})

    async def _index(self, workspace_id: str, document_id: str) -> None:
        self._failures.pop(document_id, None)
        self._progress[document_id] = 0.0

        def listen(done: int, total: int) -> None:
            self._progress[document_id] = 100.0 * done / max(1, total)

        try:
            await self.intake.ingestor.indexer.index(workspace_id, document_id, on_progress=listen)
        except NotFoundError:
            logger.bind(document_id=document_id).info("A document was deleted before it was embedded")
        except _FAULTS as error:
            self._failures[document_id] = _code(error)
            logger.bind(document_id=document_id, failure=_code(error)).error("A document could not be embedded")
        finally:
            self._progress.pop(document_id, None)

    async def _project(
        self, workspace_id: str, agent_id: str, withdrawn: Sequence[str], gone: Sequence[str]
    ) -> None:
        try:
            await self.intake.ingestor.project(workspace_id, agent_id, withdrawn=withdrawn, gone=gone, embed=False)
        except NotFoundError:
            logger.bind(agent_id=agent_id).debug("An agent was deleted before its documents were looked at")
        except _FAULTS as error:
            # The database is the truth: the next change, or the next start, tries again.
            logger.bind(agent_id=agent_id, failure=_code(error)).error(
                "An agent's documents could not be published"
            )

    async def _forget(self, agent_id: str) -> None:
        try:
            await self.intake.ingestor.remove_agent(agent_id)
        except _FAULTS as error:
            logger.bind(agent_id=agent_id, failure=_code(error)).error("An agent's documents could not be removed")


@runtime_checkable
class HoldsKnowledge(Protocol):
    """A call side that has knowledge."""

    @property
    def work(self) -> KnowledgeWork:
        """It."""
        ...


def knowledge_of(state: AppState) -> KnowledgeWork | None:
    """The knowledge of the process; None in one that takes no calls."""
    runtime = state.runtime
    return runtime.work if isinstance(runtime, HoldsKnowledge) else None


def required_knowledge(state: AppState) -> KnowledgeWork:
    """The knowledge of the process.

    Raises:
        ConfigurationError: `knowledge_unavailable`: it takes no calls.
    """
    work = knowledge_of(state)
    if work is None:
        raise ConfigurationError(
            "This process takes no calls and so holds no documents: ask one that does.",
            code="knowledge_unavailable",
        )
    return work


def _code(error: BaseException) -> str:
    return error.code if isinstance(error, PhoneAgentError) else type(error).__name__
