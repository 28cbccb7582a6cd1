"""Examples of answers for the API's documentation, made by the code that makes the answers themselves.

So they cannot drift from it; `tests/api/test_openapi.py` holds them against the schemas too.
"""

from typing import cast

from pydantic import BaseModel, JsonValue

from api.agent_responses import agent_detail, agent_summary
from api.conversation_views import detail, summary
from api.knowledge.examples import knowledge_examples
from api.latency_report import latency_report
from api.openapi_samples import AGENT, AUDIT_ENTRY, CONVERSATION, ISSUED_KEY, KEY, NEW_WORKSPACE, WORKSPACE
from api.schemas.agents import AgentCreated, AgentPage
from api.schemas.common import Nothing
from api.schemas.conversations import ConversationPage
from api.schemas.health import Alive, CheckBody, HealthBody, Readiness
from api.schemas.workspace import ApiKeyPage, AuditPage, WorkspacePage
from api.workspace_responses import audit_item, key_created, key_shown, workspace_created, workspace_shown
from config.setting_groups import StatusWords

_RETENTION_DAYS = 30
_CURSOR = "WyJjcmVhdGVkX2F0OmRlc2MiLHRydWUsIjIwMjYtMDEtMTIiLCJ4Il0"

VALIDATION_EXAMPLE: JsonValue = {
    "detail": [
        {
            "type": "less_than_equal",
            "loc": ["body", "temperature"],
            "msg": "Input should be less than or equal to 2",
            "input": 9,
        }
    ]
}


def response_examples() -> dict[str, JsonValue]:
    """The body of a good answer, by operation id."""
    shown = agent_detail(AGENT, (), retention_days=_RETENTION_DAYS)
    created = AgentCreated(agent_id=AGENT.agent_id)
    bodies: dict[str, BaseModel] = {
        "create_agent": shown,
        "create_agent_from_sections": created,
        "duplicate_agent": created,
        "list_agents": AgentPage(agents=[agent_summary(AGENT)], has_more=True, next_cursor=_CURSOR),
        "get_agent": shown,
        "update_agent": shown,
        "delete_agent": Nothing(),
        "list_conversations": ConversationPage(
            conversations=[summary(CONVERSATION, StatusWords.SDR)], has_more=False, next_cursor=None
        ),
        "get_conversation": detail(CONVERSATION, StatusWords.SDR),
        "delete_conversation": Nothing(),
        "get_latency": latency_report(CONVERSATION),
        "list_api_keys": ApiKeyPage(api_keys=[key_shown(KEY)], has_more=False, next_cursor=None),
        "create_api_key": key_created(ISSUED_KEY),
        "rotate_api_key": key_created(ISSUED_KEY),
        "revoke_api_key": Nothing(),
        "read_audit_log": AuditPage(entries=[audit_item(AUDIT_ENTRY)], has_more=False, next_cursor=None),
        "list_workspaces": WorkspacePage(
            workspaces=[workspace_shown(WORKSPACE)], has_more=False, next_cursor=None
        ),
        "create_workspace": workspace_created(NEW_WORKSPACE),
        "get_health": HealthBody(
            status="degraded",
            checks={
                "database": CheckBody(status="healthy"),
                "ollama": CheckBody(
                    status="degraded", reason="Ollama lacks the model; run: ollama pull llama3.1:8b"
                ),
                "active_calls": CheckBody(status="healthy", count=3),
            },
        ),
        "get_liveness": Alive(),
        "get_readiness": Readiness(ready=True),
    }
    return {name: _shown(body) for name, body in {**bodies, **knowledge_examples()}.items()}


def _shown(body: BaseModel | dict[str, BaseModel]) -> JsonValue:
    if isinstance(body, dict):
        return {name: _shown(item) for name, item in body.items()}
    return cast(JsonValue, body.model_dump(mode="json", exclude_none=isinstance(body, HealthBody | Readiness)))
