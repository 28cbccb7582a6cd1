"""Twilio's voice webhooks: what happens to a call that comes in, and what became of it.

Whatever goes wrong, the answer to `/voice/incoming` is TwiML with a sentence for the caller: an error status
would be a dead line. Only a request that is not Twilio's gets one.
"""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from loguru import logger
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import FormData

from api.call_admission import (
    CallAdmission,
    CallRefusedError,
    IncomingCall,
    Refusal,
    is_call_sid,
    telephone_number,
)
from api.call_services import CallServices, call_services
from api.errors import refusal
from api.twilio_forms import INCOMING_FIELDS, STATUS_FIELDS, form_document
from api.twilio_signature import verified_twilio_form
from api.twiml import Apology, TwimlResponse, apologise, connect_stream
from bot.call_config import CallConfig
from data.records import EndReason

DATABASE_DEADLINE_SECONDS = 8.0
"""Twilio gives a webhook 15 s."""

_DATABASE_ERRORS = (SQLAlchemyError, OSError, TimeoutError)
_APOLOGIES = {
    Refusal.UNKNOWN_NUMBER: Apology.UNKNOWN_NUMBER,
    Refusal.NO_AGENT: Apology.AGENT_INACTIVE,
    Refusal.AGENT_INACTIVE: Apology.AGENT_INACTIVE,
    Refusal.ALREADY_OVER: Apology.TROUBLE,
}
_END_REASONS = {
    "completed": EndReason.NEVER_STREAMED,
    "busy": EndReason.BUSY,
    "no-answer": EndReason.NO_ANSWER,
    "failed": EndReason.ERROR,
    "canceled": EndReason.CANCELED,
}
"""Twilio's final values of `CallStatus`."""

_REFUSALS: dict[int | str, dict[str, object]] = {
    400: refusal("invalid_request", "invalid_request", "The body is no form as Twilio sends it."),
    403: refusal(
        "authorization_error", "invalid_twilio_signature", "Twilio did not sign the request for this server."
    ),
}

router = APIRouter(tags=["twilio"])

Form = Annotated[FormData, Depends(verified_twilio_form)]
Services = Annotated[CallServices, Depends(call_services)]


@router.post(
    "/voice/incoming",
    operation_id="call_comes_in",
    summary="A call comes in",
    response_class=TwimlResponse,
    responses=_REFUSALS,
    openapi_extra=form_document(INCOMING_FIELDS),
)
@router.post("/voice/inbound", include_in_schema=False)
@router.post("/webhook/voice", include_in_schema=False)
async def incoming(request: Request, form: Form, services: Services) -> TwimlResponse:
    """Answer Twilio with TwiML: connect the call's media stream, or say politely why not."""
    call = IncomingCall(
        call_sid=_text(form, "CallSid"),
        caller_number=telephone_number(_text(form, "From")),
        called_number=telephone_number(_text(form, "To")),
    )
    call_log = logger.bind(call_sid=call.call_sid)
    if services.calls is None or not services.calls.accepting:
        call_log.warning("Call turned away: over capacity or shutting down")
        return apologise(Apology.BUSY)
    if services.settings.deepgram_api_key is None:
        # The agent could neither hear nor speak: a sentence from Twilio's own voice is better than silence.
        call_log.error("Call turned away: DEEPGRAM_API_KEY is not set")
        return apologise(Apology.DEGRADED)
    if not is_call_sid(call.call_sid):
        call_log.warning("Call turned away: the webhook has no usable CallSid")
        return apologise(Apology.TROUBLE)
    try:
        async with asyncio.timeout(DATABASE_DEADLINE_SECONDS):
            config = await _admission(services).announce(call)
        if not services.calls.reserve(config.call_sid):
            call_log.warning("Call turned away: the last place has just gone")
            return apologise(Apology.BUSY)
        token = await services.stream_tokens.issue(config)
    except CallRefusedError as refusal:
        call_log.bind(reason=refusal.reason).warning("Call turned away: {}", refusal.reason)
        return apologise(_APOLOGIES[refusal.reason])
    except _DATABASE_ERRORS as error:
        # Its text may hold the statement's values, and they the caller's number: the kind is enough.
        call_log.error("Call turned away: the database failed ({})", type(error).__name__)
        return apologise(Apology.TROUBLE)
    except Exception:
        # A bug of ours must not be a dead line either.
        call_log.exception("Call turned away: the server failed")
        return apologise(Apology.TROUBLE)
    _log_announced(config)
    return connect_stream(_stream_url(request, services), token)


@router.post(
    "/voice/status",
    operation_id="call_status_changes",
    summary="What became of a call",
    status_code=204,
    response_class=Response,
    responses={**_REFUSALS, 503: {"description": "The database is away; nothing was changed."}},
    openapi_extra=form_document(STATUS_FIELDS),
)
async def status(form: Form, services: Services) -> Response:
    """Take Twilio's status callback; it ends only conversations whose media stream never began."""
    call_sid, call_status = _text(form, "CallSid"), _text(form, "CallStatus")
    reason = _END_REASONS.get(call_status)
    if (
        not is_call_sid(call_sid)
        or reason is None
        or (services.calls is not None and services.calls.is_live(call_sid))
    ):
        return Response(status_code=204)
    call_log = logger.bind(call_sid=call_sid, call_status=call_status)
    try:
        async with asyncio.timeout(DATABASE_DEADLINE_SECONDS):
            ended = await _admission(services).close_unstreamed(call_sid, reason, _duration(form))
    except _DATABASE_ERRORS as error:
        call_log.error("Status callback lost: the database failed ({})", type(error).__name__)
        return Response(status_code=503)
    if ended:
        call_log.info("Conversation ended without a media stream: {}", reason)
    return Response(status_code=204)


def _admission(services: CallServices) -> CallAdmission:
    return CallAdmission(services.database, not services.settings.twilio_validate_signatures)


def _stream_url(request: Request, services: CallServices) -> str:
    base = services.settings.public_websocket_url
    if base is None:
        # Only reached with signatures off (they need PUBLIC_URL): Twilio's stand-in calls us by this address.
        scheme = "wss" if request.url.scheme == "https" else "ws"
        base = f"{scheme}://{request.url.netloc}"
    return f"{base}/media-stream"


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def _duration(form: FormData) -> float:
    """`CallDuration` in seconds; 0 if the callback has none."""
    text = _text(form, "CallDuration")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0.0


def _log_announced(config: CallConfig) -> None:
    logger.bind(
        call=config.call_sid,
        agent=config.agent.agent_id,
        workspace=config.agent.workspace_id,
        conversation_id=config.conversation_id,
    ).info("Call announced")
