"""Conversations, their turns and their course in storage.

The course is a state machine that only goes forward: `initiated → in-progress → completed | failed`, or from
`initiated` straight to an end. Two ends were only guesses, and give way to the word of the process that runs
the call, which may come late because the database was away: `process_lost` (its lease had expired), and every
end of a call whose media stream was not known to have begun.

Every step takes the conversation's row first (locked on PostgreSQL; SQLite has one writer), so that of two who
want to end a call one does, and no turn slips in between the reading of the turns and the writing of the
transcript.

What the call itself writes (`start`, `add_turn`, `finish`) is addressed by the conversation's id alone, which
is the server's own and never taken from a request; what serves requests takes the workspace first.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import InvalidInputError, NotFoundError
from data.models import ConversationRow, ToolCallRow, TurnRow
from data.pagination import Page
from data.queries import ConversationQuery, NewConversation
from data.records import CallOutcome, CallStatus, ConversationRecord, EndReason, TurnRecord
from data.repositories.conversation_filters import conversation_conditions
from data.repositories.conversation_rows import conversation_record, conversation_row
from data.repositories.keyset import Keyset
from data.repositories.turn_insertion import insert_turn, lock_conversation
from data.repositories.turn_rows import flat_transcript, turn_records
from data.repositories.workspace_lock import lock_workspace

_RUNNING = (CallStatus.INITIATED, CallStatus.IN_PROGRESS)


class ConversationRepository:
    """Stores conversations.

    Args:
        session: One from `Database.session()`, or `Database.read()` where nothing is changed.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def create(self, new: NewConversation) -> ConversationRecord:
        """Store a conversation as `initiated`.

        Twilio repeats a webhook that it got no answer to, so the same CallSid in the same workspace is the
        same conversation: the stored one is returned, as it is by now.

        Raises:
            InvalidInputError: `call_sid_taken`: another workspace has this CallSid.
            NotFoundError: `workspace_not_found`.
        """
        await lock_workspace(self._session, new.workspace_id)
        if new.call_sid is not None:
            known = await self._one(ConversationRow.call_sid == new.call_sid)
            if known is not None and known.workspace_id != new.workspace_id:
                raise InvalidInputError("This call belongs to another workspace.", code="call_sid_taken")
            if known is not None:
                return conversation_record(known)
        row = conversation_row(new)
        self._session.add(row)
        await self._session.flush()
        return conversation_record(row)

    async def get(self, workspace_id: str, id_or_call_sid: str, *, with_turns: bool = True) -> ConversationRecord:
        """One conversation, by its id or by Twilio's CallSid.

        Raises:
            NotFoundError: `conversation_not_found`.
        """
        row = await self._row(workspace_id, id_or_call_sid)
        return conversation_record(row, await self.turns(row.conversation_id) if with_turns else ())

    async def find_by_call_sid(self, call_sid: str) -> ConversationRecord | None:
        """The conversation of a call in whichever workspace, without its turns: for Twilio's callbacks."""
        row = await self._one(ConversationRow.call_sid == call_sid)
        return None if row is None else conversation_record(row)

    async def list(self, workspace_id: str, query: ConversationQuery) -> Page[ConversationRecord]:
        """A page of the workspace's conversations by start, without turns.

        Raises:
            InvalidInputError: `invalid_cursor` or `invalid_page_size`.
        """
        keyset = Keyset(
            ConversationRow,
            "started_at",
            ConversationRow.started_at,
            ConversationRow.conversation_id,
            query.direction,
        )
        return await keyset.page(
            self._session,
            conversation_conditions(workspace_id, query),
            cursor=query.cursor,
            page_size=query.page_size,
            to_value=conversation_record,
        )

    async def delete(self, workspace_id: str, id_or_call_sid: str) -> None:
        """Remove a conversation with its turns and tool calls.

        Raises:
            NotFoundError: `conversation_not_found`.
        """
        await self._session.delete(await self._row(workspace_id, id_or_call_sid))
        await self._session.flush()

    async def turns(self, conversation_id: str) -> tuple[TurnRecord, ...]:
        """The finished turns of a conversation, in order; none if there is no such conversation."""
        turns = select(TurnRow).where(TurnRow.conversation_id == conversation_id).order_by(TurnRow.position)
        calls = (
            select(ToolCallRow)
            .where(ToolCallRow.conversation_id == conversation_id)
            .order_by(ToolCallRow.turn_position, ToolCallRow.position)
        )
        return turn_records(await self._session.scalars(turns), await self._session.scalars(calls))

    async def start(
        self, conversation_id: str, stream_sid: str, owner: str, lease_until: datetime, at: datetime
    ) -> bool:
        """`initiated → in-progress`: the media stream is up.

        Args:
            conversation_id: Which.
            stream_sid: Twilio's `MZ…`.
            owner: Names the process that runs the call.
            lease_until: Until when that process counts as alive without another word from it.
            at: Now.

        Returns:
            False, and nothing changed, if there is no such conversation, or it has its stream already. One that
            was ended for want of a stream is in progress again: here is its stream.
        """
        row = await self._locked(conversation_id)
        if row is None or row.accepted_at is not None:
            return False
        self._reopen(row)
        row.stream_sid = stream_sid
        row.owner = owner
        row.lease_expires_at = lease_until
        row.accepted_at = at
        await self._session.flush()
        return True

    async def add_turn(self, conversation_id: str, turn: TurnRecord) -> bool:
        """Store a finished turn, once for each position.

        A turn that arrives after the end (written late because the database was away) is kept too, and the
        flat transcript is written anew.

        Returns:
            False if that position was stored before; the turn of then stays.

        Raises:
            NotFoundError: `conversation_not_found`: it was deleted, so its turns are not wanted.
        """
        conversation = await lock_conversation(self._session, conversation_id)
        if conversation is None:
            raise _not_found()
        if not await insert_turn(self._session, conversation, conversation_id, turn):
            return False
        if conversation.status not in _RUNNING:
            await self._retell(conversation_id)
        return True

    async def finish(self, conversation_id: str, outcome: CallOutcome) -> bool:
        """End a conversation: status, end, duration, reason, and the flat transcript of its turns.

        Returns:
            True only for the one who ended it; False, and nothing changed, if it had ended or never was. That
            its process was lost is no end that lasts: whoever knows how it ended knows better.
        """
        row = await self._locked(conversation_id)
        if row is None or not (row.status in _RUNNING or row.termination_reason == EndReason.PROCESS_LOST):
            return False
        await self._end(row, outcome)
        return True

    async def renew_leases(self, owner: str, running: Collection[str], lease_until: datetime) -> tuple[str, ...]:
        """A process says that it is alive: the conversations that it runs are good until then.

        Args:
            owner: The process.
            running: Ids of what it runs, their beginnings stored or not.
            lease_until: Until when.

        Returns:
            Those that had been taken for lost, wrongly, and are in progress again.
        """
        if not running:
            return ()
        statement = (
            select(ConversationRow)
            .where(ConversationRow.conversation_id.in_(running))
            .order_by(ConversationRow.conversation_id)
            .with_for_update(key_share=True)
        )
        revived = []
        for row in (await self._session.scalars(statement)).all():
            if row.status in _RUNNING and row.owner in (owner, None):
                row.lease_expires_at = lease_until
            elif row.termination_reason == EndReason.PROCESS_LOST and row.owner == owner:
                self._reopen(row)
                row.lease_expires_at = lease_until
                revived.append(row.conversation_id)
        await self._session.flush()
        return tuple(revived)

    async def expire_leases(self, now: datetime) -> tuple[ConversationRecord, ...]:
        """Fail the conversations whose owner is gone, and no others.

        A running one ends where its last finished turn was, the last moment known of it. One that was
        announced with a lease and never streamed ends as such. Conversations that another process is just
        writing are left for the next time.

        Returns:
            Those that this call ended, without turns.
        """
        statement = (
            select(ConversationRow)
            .where(
                or_(*(ConversationRow.status == status for status in _RUNNING)),
                ConversationRow.lease_expires_at < now,
            )
            .order_by(ConversationRow.conversation_id)
            .with_for_update(key_share=True, skip_locked=True)
        )
        rows = (await self._session.scalars(statement)).all()
        for row in rows:
            await self._end(row, await self._lost(row))
        return tuple(conversation_record(row) for row in rows)

    async def _lost(self, row: ConversationRow) -> CallOutcome:
        if row.accepted_at is None:
            return CallOutcome(EndReason.NEVER_STREAMED, row.started_at, 0.0)
        statement = (
            select(TurnRow.time_in_call_secs)
            .where(TurnRow.conversation_id == row.conversation_id)
            .order_by(TurnRow.time_in_call_secs.desc())
            .limit(1)
        )
        seconds = (await self._session.execute(statement)).scalar_one_or_none() or 0.0
        ended_at = row.accepted_at + timedelta(seconds=seconds)
        return CallOutcome(EndReason.PROCESS_LOST, ended_at, seconds)

    @staticmethod
    def _reopen(row: ConversationRow) -> None:
        row.status = CallStatus.IN_PROGRESS
        row.ended_at = None
        row.duration_secs = 0.0
        row.termination_reason = None
        row.error = None
        row.transcript = ""

    async def _end(self, row: ConversationRow, outcome: CallOutcome) -> None:
        row.status = CallStatus.FAILED if outcome.reason.is_failure else CallStatus.COMPLETED
        row.ended_at = outcome.ended_at
        row.duration_secs = outcome.duration_secs
        row.termination_reason = outcome.reason
        row.error = outcome.error
        row.lease_expires_at = None
        row.transcript = await self._transcript(row.conversation_id)
        await self._session.flush()

    async def _retell(self, conversation_id: str) -> None:
        """A turn came after the end: what the end says of the turns is said anew."""
        row = await self._locked(conversation_id)
        if row is None:
            return
        if row.termination_reason == EndReason.PROCESS_LOST:
            # The moment of the last finished turn has moved.
            await self._end(row, await self._lost(row))
        else:
            row.transcript = await self._transcript(conversation_id)
            await self._session.flush()

    async def _transcript(self, conversation_id: str) -> str:
        statement = (
            select(TurnRow.role, TurnRow.message)
            .where(TurnRow.conversation_id == conversation_id)
            .order_by(TurnRow.position)
        )
        return flat_transcript((role, message) for role, message in await self._session.execute(statement))

    async def _row(self, workspace_id: str, id_or_call_sid: str) -> ConversationRow:
        statement = select(ConversationRow).where(
            ConversationRow.workspace_id == workspace_id,
            or_(ConversationRow.conversation_id == id_or_call_sid, ConversationRow.call_sid == id_or_call_sid),
        )
        # Turns are counted by a statement of their own, behind the back of what the session remembers.
        statement = statement.execution_options(populate_existing=True)
        rows = (await self._session.scalars(statement)).all()
        if not rows:
            raise _not_found()
        # A stranger's CallSid could spell one of our ids; the id wins.
        return min(rows, key=lambda row: row.conversation_id != id_or_call_sid)

    async def _one(self, condition: ColumnElement[bool]) -> ConversationRow | None:
        return (await self._session.execute(select(ConversationRow).where(condition))).scalar_one_or_none()

    async def _locked(self, conversation_id: str) -> ConversationRow | None:
        statement = (
            select(ConversationRow)
            .where(ConversationRow.conversation_id == conversation_id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        return (await self._session.execute(statement)).scalar_one_or_none()


def _not_found() -> NotFoundError:
    return NotFoundError("There is no such conversation.", param="conversation_id", code="conversation_not_found")
