"""The agent that every new one starts from, and that a cleared field goes back to."""

from datetime import datetime

from config.settings import Settings
from data.agent_config import AgentConfig

DEFAULT_NAME = "New agent"


def blank_agent(settings: Settings, *, agent_id: str, workspace_id: str, at: datetime) -> AgentConfig:
    """An agent with nothing said about it: the server's voice and model, and no prompt."""
    return AgentConfig(
        agent_id=agent_id,
        workspace_id=workspace_id,
        name=DEFAULT_NAME,
        system_prompt="",
        voice_id=settings.deepgram_voice,
        model_name=settings.ollama_model,
        interrupt_enabled=settings.interrupt_enabled,
        created_at=at,
        updated_at=at,
    )
