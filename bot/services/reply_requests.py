"""What the model is asked for: an agent's prompt, tools and options as one request."""

from bot.chat_model import ChatMessage, ChatRequest, ToolSchema
from bot.prompt import PromptBuilder
from bot.services.reply_turn import ReplyTurn
from data.agent_config import AgentConfig


class ReplyRequests:
    """Makes the requests of one call.

    Args:
        agent: Whose model and options.
        prompt: Builds the call's prompts.
        tools: Native tool schemas to offer; empty for a model that has none (then the prompt describes them).
    """

    def __init__(self, agent: AgentConfig, prompt: PromptBuilder, tools: tuple[ToolSchema, ...]) -> None:
        self._agent = agent
        self._prompt = prompt
        self._tools = tools

    def opening(self) -> ChatRequest:
        """As every request of the call begins, for the model to read ahead."""
        return self._with(self._prompt.beginning)

    def of(self, turn: ReplyTurn) -> ChatRequest:
        """The next round of a reply."""
        exchanges = tuple(turn.exchanges)
        return self._with(self._prompt.build(turn.history, turn.question, turn.snippets, turn.phase, exchanges))

    def _with(self, messages: tuple[ChatMessage, ...]) -> ChatRequest:
        settings = self._agent.settings
        return ChatRequest(
            model=self._agent.model_name,
            messages=messages,
            tools=self._tools,
            temperature=settings.temperature,
            num_predict=settings.num_predict,
            num_ctx=settings.num_ctx,
            stop=settings.stop,
        )
