"""Documents are embedded anew in the background after a change of the embedding model; the former one answers on.

Every document that is done is in the database, so that an end in the middle costs one document; the next start
goes on from there.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from loguru import logger

from config.errors import NotFoundError, PhoneAgentError
from data.knowledge.factory import Knowledge
from data.knowledge.ingest import KnowledgeIngestor
from data.knowledge.storage import OpenKnowledgeStorage

PAUSE_SECONDS = 30.0
"""Before an agent is tried again, when the embedder or the store has failed."""


@dataclass(frozen=True, slots=True)
class AgentKey:
    """An agent and its workspace."""

    workspace_id: str
    agent_id: str


class Reembedding:
    """One change of the model, from noticing it to its end.

    Args:
        knowledge: With the model that is set.
        open_storage: Where documents are.
        pause_seconds: Before a failed agent is tried again.
    """

    def __init__(
        self, knowledge: Knowledge, open_storage: OpenKnowledgeStorage, *, pause_seconds: float = PAUSE_SECONDS
    ) -> None:
        self._knowledge = knowledge
        self._open_storage = open_storage
        self._pause_seconds = pause_seconds
        self._left: list[AgentKey] = []
        self._agents = 0
        self._task: asyncio.Task[None] | None = None

    def holds(self, agent: AgentKey) -> bool:
        """Whether an agent's documents are, or will be, embedded anew here."""
        return agent in self._left

    def describe(self) -> str | None:
        """How far it has come, for a person; None when there is nothing to do."""
        if not self._left:
            return None
        done, model = self._agents - len(self._left), self._knowledge.embedder.model_name
        return f"documents are embedded anew with {model}: {done} of {self._agents} agents are done"

    async def begin(self, agents: Sequence[AgentKey], open_former: Callable[[str], Knowledge]) -> None:
        """Look for agents with vectors of another model; if there are any, begin in the background.

        Args:
            agents: All of them.
            open_former: Puts together what answered with a model, by the name that is stored with its vectors.

        Raises:
            VendorError: The vector store failed.
        """
        former, held = await self._former(agents, open_former)
        if former is None:
            return
        self._left = [key for key in agents if key.agent_id in held]
        self._agents = len(self._left)
        try:
            await former.warm()
        except PhoneAgentError as error:
            logger.bind(model=former.embedder.model_name, failure=error.code).warning(
                "The former embedding model cannot be loaded: agents answer from their documents once these are "
                "embedded anew."
            )
            await former.close()
        else:
            self._knowledge.change.begin(former, held)
        logger.bind(agents=self._agents, model=self._knowledge.embedder.model_name).warning(
            "The embedding model has changed: documents are embedded anew in the background."
        )
        self._task = asyncio.create_task(self._run(), name="reembedding")

    async def finished(self) -> None:
        """Wait until no agent waits any more."""
        if self._task is not None:
            await self._task

    async def close(self) -> None:
        """Stop; what is done is kept. Safe to call twice."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _former(
        self, agents: Sequence[AgentKey], open_former: Callable[[str], Knowledge]
    ) -> tuple[Knowledge | None, frozenset[str]]:
        """Of all other models that have vectors in the store, the one with most agents; and those agents."""
        models: set[str] = set()
        for workspace_id in {key.workspace_id for key in agents}:
            async with self._open_storage(writing=False) as storage:
                models |= await storage.embedding_models(workspace_id)
        chosen: Knowledge | None = None
        held: frozenset[str] = frozenset()
        for model in sorted(models - {self._knowledge.embedder.model_name}):
            former = open_former(model)
            found = frozenset([key.agent_id for key in agents if await former.store.count(key.agent_id)])
            chosen, idle, held = (former, chosen, found) if len(found) > len(held) else (chosen, former, held)
            if idle is not None:
                await idle.close()
        return chosen, held

    async def _run(self) -> None:
        ingestor = self._knowledge.projector(self._open_storage)
        for key in list(self._left):
            await self._change_over(ingestor, key)
            self._left.remove(key)
            logger.bind(agent=key.agent_id, left=len(self._left)).info("An agent answers with the new model.")
        await self._knowledge.change.close()
        logger.bind(agents=self._agents).info("All documents are embedded anew.")

    async def _change_over(self, ingestor: KnowledgeIngestor, key: AgentKey) -> None:
        while True:
            try:
                await ingestor.project(key.workspace_id, key.agent_id)
                self._knowledge.change.done(key.agent_id)
                await self._knowledge.store.delete_other_models(key.agent_id)
                return
            except NotFoundError:
                # The agent was deleted meanwhile; its collections go with it.
                self._knowledge.change.done(key.agent_id)
                return
            except (PhoneAgentError, TimeoutError) as error:
                failure = error.code if isinstance(error, PhoneAgentError) else "timed_out"
                logger.bind(agent=key.agent_id, failure=failure).warning(
                    "Documents cannot be embedded anew; trying again in {} s.", self._pause_seconds
                )
                await asyncio.sleep(self._pause_seconds)
