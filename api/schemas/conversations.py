"""Bodies of the conversation routes: ElevenLabs' shape, with the seeds' flat fields beside."""

from datetime import datetime
from typing import Literal

from pydantic import Field, JsonValue

from api.schemas.common import ResponseBody
from api.schemas.transcript import TranscriptItem

StatusWord = Literal["initiated", "in-progress", "processing", "completed", "done", "failed"]
DirectionWord = Literal["inbound", "outbound"]
_STATUS = "`completed` and `done` are one status: `CONVERSATION_STATUS_WORDS` or `status_words` chooses the word."


class PhoneCall(ResponseBody):
    """The telephone side of a conversation."""

    type: Literal["twilio"] = "twilio"
    direction: DirectionWord
    phone_number_id: str | None
    agent_number: str | None
    external_number: str | None
    stream_sid: str | None
    call_sid: str


class CallError(ResponseBody):
    """Why a call failed on the server."""

    code: int
    reason: str


class DeletionSettings(ResponseBody):
    """What is deleted when; nothing has been."""

    deletion_time_unix_secs: int | None = None
    deleted_logs_at_time_unix_secs: int | None = None
    deleted_audio_at_time_unix_secs: int | None = None
    deleted_transcript_at_time_unix_secs: int | None = None
    delete_transcript_and_pii: bool = False
    delete_audio: bool = False


class Feedback(ResponseBody):
    """What people said about the call."""

    type: str | None = None
    overall_score: int | None = None
    likes: int = 0
    dislikes: int = 0
    rating: int | None = None
    comment: str | None = None


class Charging(ResponseBody):
    """Nothing is charged here."""

    dev_discount: bool = False
    llm_price: float = 0.0


class ConversationMetadata(ResponseBody):
    """When, how long, how it ended."""

    start_time_unix_secs: int
    accepted_time_unix_secs: int | None
    call_duration_secs: int
    cost: int = 0
    termination_reason: str | None
    error: CallError | None
    authorization_method: str = "public"
    main_language: str | None = None
    text_only: bool = False
    conversation_initiation_source: str = Field(description="`twilio`, `microphone`, `text` or `unknown`.")
    timezone: str | None = None
    batch_call: None = None
    warnings: list[str] = Field(default_factory=list)
    phone_call: PhoneCall | None
    deletion_settings: DeletionSettings = DeletionSettings()
    feedback: Feedback = Feedback()
    charging: Charging = Charging()
    features_usage: dict[str, JsonValue] = Field(default_factory=dict)


class InitiationData(ResponseBody):
    """What the call was started with."""

    conversation_config_override: dict[str, JsonValue] = Field(default_factory=dict)
    custom_llm_extra_body: dict[str, JsonValue] = Field(default_factory=dict)
    dynamic_variables: dict[str, JsonValue]


class ConversationSummary(ResponseBody):
    """One conversation in a list."""

    agent_id: str
    agent_name: str
    conversation_id: str
    call_sid: str | None
    start_time_unix_secs: int
    call_duration_secs: int
    message_count: int
    status: StatusWord = Field(description=_STATUS)
    call_successful: Literal["success", "failure", "unknown"] = "unknown"
    direction: DirectionWord
    transcript_summary: str | None = None
    call_summary_title: str | None = None
    main_language: str | None = None
    conversation_initiation_source: str = Field(description="`twilio`, `microphone`, `text` or `unknown`.")
    tool_names: list[str] = Field(default_factory=list)
    termination_reason: str | None
    rating: float | None = None
    phone_number: str | None = Field(description="The other party's number, E.164.")
    started_at: datetime
    ended_at: datetime | None
    duration_secs: float


class ConversationPage(ResponseBody):
    """A page of conversations."""

    conversations: list[ConversationSummary]
    has_more: bool
    next_cursor: str | None


class ConversationDetail(ResponseBody):
    """One conversation with all finished turns."""

    agent_id: str
    agent_name: str
    conversation_id: str
    call_sid: str | None
    status: StatusWord = Field(description=_STATUS)
    user_id: str | None = None
    branch_id: str | None = None
    version_id: str | None = None
    environment: str = "production"
    has_audio: bool = False
    has_user_audio: bool = False
    has_response_audio: bool = False
    has_auxiliary_audio: bool = False
    transcript: list[TranscriptItem]
    transcript_text: str = Field(description="The transcript as plain text, one line a turn.")
    metadata: ConversationMetadata
    analysis: None = Field(default=None, description="Conversations are not evaluated by this version.")
    conversation_initiation_client_data: InitiationData
    phone_number: str | None = Field(description="The other party's number, E.164.")
    started_at: datetime
    ended_at: datetime | None
    duration_secs: float
    end_reason: str | None = Field(description="Why it ended, for programs; `metadata` has the sentence.")
