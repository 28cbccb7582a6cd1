"""The WebSocket on which Twilio streams a call: who may come in, and for which call.

A stream is let in when its upgrade is signed, its `start` comes in time, its one-time token was issued for
its CallSid, and no other stream has that call. With signature checks off, a peer that sends no token is
served by the default agent.
"""

import asyncio
from dataclasses import replace
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, WebSocket
from loguru import logger
from sqlalchemy.exc import SQLAlchemyError

from api.call_admission import CallAdmission, CallRefusedError, is_call_sid
from api.call_services import CallServices, call_services
from api.stream_socket import StreamSocket
from api.stream_tokens import StreamTokenError
from api.twilio_signature import is_upgrade_allowed
from api.twiml import TOKEN_PARAMETER
from bot.call_config import CallConfig
from bot.transport.twilio import HandshakeError, StreamStart, TwilioTransport
from config.errors import NotFoundError

DATABASE_DEADLINE_SECONDS = 5.0
# RFC 6455, section 7.4.1, and IANA's registry of WebSocket close codes.
_GOING_AWAY = 1001
_POLICY_VIOLATION = 1008
_INTERNAL_ERROR = 1011

router = APIRouter()


class _StreamRefusedError(Exception):
    def __init__(self, reason: str, close_code: int = _POLICY_VIOLATION) -> None:
        super().__init__(reason)
        self.reason = reason
        self.close_code = close_code


@router.websocket("/media-stream")
@router.websocket("/ws/media")
async def media_stream(websocket: WebSocket, services: Annotated[CallServices, Depends(call_services)]) -> None:
    """Serve one media stream from its upgrade to its end."""
    if not is_upgrade_allowed(websocket, services.settings):
        await websocket.close(_POLICY_VIOLATION)  # before accept: the server answers the upgrade with 403
        return
    await websocket.accept()
    transport = TwilioTransport(StreamSocket(websocket))
    start: StreamStart | None = None
    try:
        start = await _handshake(transport)
        config = await _let_in(start, services)
        await _run(config, transport, start, services)
    except _StreamRefusedError as refusal:
        call_log = logger.bind(call_sid=start.call_sid if start else "", reason=refusal.reason)
        call_log.warning("Media stream refused: {}", refusal.reason)
        await transport.close(refusal.close_code, refusal.reason)
    finally:
        await transport.close()


async def _handshake(transport: TwilioTransport) -> StreamStart:
    try:
        start = await transport.handshake()
    except HandshakeError as error:
        raise _StreamRefusedError(error.reason) from None
    if not start.call_sid:
        return replace(start, call_sid=f"CA{uuid4().hex}")
    if not is_call_sid(start.call_sid):
        raise _StreamRefusedError("unusable_call_sid")
    return start


async def _let_in(start: StreamStart, services: CallServices) -> CallConfig:
    """The call that this stream is of."""
    token = start.custom_parameters.get(TOKEN_PARAMETER, "")
    if token or services.settings.twilio_validate_signatures:
        try:
            return await services.stream_tokens.redeem(start.call_sid, token)
        except StreamTokenError as error:
            raise _StreamRefusedError(f"token_{error.reason}") from None
    admission = CallAdmission(services.database, serve_unknown=True)
    try:
        async with asyncio.timeout(DATABASE_DEADLINE_SECONDS):
            return await admission.adopt(start.call_sid)
    except CallRefusedError as refusal:
        raise _StreamRefusedError(refusal.reason) from None
    except NotFoundError:
        raise _StreamRefusedError("agent_not_found") from None
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        raise _StreamRefusedError(f"database_{type(error).__name__}", _INTERNAL_ERROR) from None


async def _run(config: CallConfig, transport: TwilioTransport, start: StreamStart, services: CallServices) -> None:
    calls = services.calls
    # No suspension between the questions and `run`, which makes the call live at once: one stream gets in.
    if calls is not None and calls.is_live(config.call_sid):
        raise _StreamRefusedError("call_has_a_stream")
    if calls is None or not calls.reserve(config.call_sid):
        raise _StreamRefusedError("over_capacity_or_shutting_down", _GOING_AWAY)
    await calls.run(config, transport, start.stream_sid)
