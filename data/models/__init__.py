"""The tables. Importing this package makes all of them known to `Base.metadata`.

Only `data/repositories` and the migrations use them; everything else sees the frozen values of `data`.
"""

from data.models.agent import AgentRow, AgentTagRow
from data.models.api_key import ApiKeyRow
from data.models.appointment import AppointmentRow
from data.models.audit_log import AuditLogRow
from data.models.base import Base
from data.models.conversation import ConversationRow
from data.models.knowledge_chunk import KnowledgeChunkRow
from data.models.knowledge_document import KnowledgeDocumentRow
from data.models.phone_number import PhoneNumberRow
from data.models.tool_call import ToolCallRow
from data.models.turn import TurnRow
from data.models.workspace import WorkspaceRow

__all__ = [
    "AgentRow",
    "AgentTagRow",
    "ApiKeyRow",
    "AppointmentRow",
    "AuditLogRow",
    "Base",
    "ConversationRow",
    "KnowledgeChunkRow",
    "KnowledgeDocumentRow",
    "PhoneNumberRow",
    "ToolCallRow",
    "TurnRow",
    "WorkspaceRow",
]
