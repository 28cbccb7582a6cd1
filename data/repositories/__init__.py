"""One repository per aggregate: the only code that knows the tables.

Each is made from a session and takes the workspace first; they give and take the frozen values of `data`,
never rows, so that nothing outside can change or lazily load one.
"""

from data.repositories.agent import AgentRepository
from data.repositories.api_key import ApiKeyRepository
from data.repositories.appointment import AppointmentRepository
from data.repositories.audit_log import AuditLogRepository
from data.repositories.conversation import ConversationRepository
from data.repositories.knowledge import KnowledgeRepository
from data.repositories.phone_number import PhoneNumberRepository
from data.repositories.workspace import WorkspaceRepository

__all__ = [
    "AgentRepository",
    "ApiKeyRepository",
    "AppointmentRepository",
    "AuditLogRepository",
    "ConversationRepository",
    "KnowledgeRepository",
    "PhoneNumberRepository",
    "WorkspaceRepository",
]
