"""The simulated Deepgram as an ASGI application."""

import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from simulator.deepgram.control import ControlEndpoints
from simulator.deepgram.flux import FluxSession
from simulator.deepgram.flux_query import parse_flux
from simulator.deepgram.listen import ListenSession
from simulator.deepgram.options import DeepgramOptions
from simulator.deepgram.query import parse_listen, parse_speak
from simulator.deepgram.refusal import RefusedError, check_key
from simulator.deepgram.rest import RestEndpoints
from simulator.deepgram.service import DeepgramService
from simulator.deepgram.speak import SpeakSession
from simulator.faults import FaultPlan


def create_app(options: DeepgramOptions | None = None) -> Starlette:
    """A simulated Deepgram; `app.state.service` is its `DeepgramService`.

    Utterances in `options.phrases` are learned when the application starts.

    Args:
        options: Behaviour; the default is that of a healthy vendor nearby.
    """
    service = DeepgramService(options or DeepgramOptions())

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await service.learn(service.options.phrases, service.options.phrase_voices)
        yield

    app = Starlette(routes=_routes(service), lifespan=lifespan, exception_handlers={RefusedError: _answer_refusal})
    app.state.service = service
    return app


def _routes(service: DeepgramService) -> list[BaseRoute]:
    rest, control, sockets = RestEndpoints(service), ControlEndpoints(service), _Sockets(service)
    return [
        WebSocketRoute("/v1/listen", sockets.listen),
        WebSocketRoute("/v2/listen", sockets.listen_to_turns),
        WebSocketRoute("/v1/speak", sockets.speak),
        Route("/v1/listen", rest.listen, methods=["POST"]),
        Route("/v1/speak", rest.speak, methods=["POST"]),
        Route("/v1/projects", rest.projects),
        Route("/v1/models", rest.models),
        Route("/simulator/utterances", control.utterances, methods=["POST"]),
        Route("/simulator/state", control.state),
        Route("/simulator/faults", control.read_faults, methods=["GET"]),
        Route("/simulator/faults", control.write_faults, methods=["POST"]),
    ]


class _Sockets:
    """The WebSocket endpoints: handshake here, the stream in its session."""

    def __init__(self, service: DeepgramService) -> None:
        self._service = service

    async def listen(self, websocket: WebSocket) -> None:
        counters = self._service.counters
        counters.listen_connections += 1
        try:
            faults = self._admit(websocket, "listen")
            query = parse_listen(websocket.query_params, self._service.options)
        except RefusedError as refusal:
            await self._refuse(websocket, refusal)
            return
        await self._accept(websocket)
        counters.listen_open += 1
        try:
            await ListenSession(self._service, websocket, query, faults).run()
        finally:
            counters.listen_open -= 1

    async def listen_to_turns(self, websocket: WebSocket) -> None:
        counters = self._service.counters
        counters.listen_connections += 1
        try:
            faults = self._admit(websocket, "listen")
            query = parse_flux(websocket.query_params)
        except RefusedError as refusal:
            await self._refuse(websocket, refusal)
            return
        await self._accept(websocket)
        counters.listen_open += 1
        try:
            await FluxSession(self._service, websocket, query, faults).run()
        finally:
            counters.listen_open -= 1

    async def speak(self, websocket: WebSocket) -> None:
        counters = self._service.counters
        counters.speak_connections += 1
        try:
            faults = self._admit(websocket, "speak")
            query = parse_speak(websocket.query_params, self._service.options)
        except RefusedError as refusal:
            await self._refuse(websocket, refusal)
            return
        await self._accept(websocket)
        counters.speak_open += 1
        try:
            await SpeakSession(self._service, websocket, query, faults).run()
        finally:
            counters.speak_open -= 1

    def _admit(self, websocket: WebSocket, service: str) -> FaultPlan:
        faults = self._service.faults.next_plan(service)
        if faults.refuse_status is not None:
            raise RefusedError(faults.refuse_status, "SIMULATED_FAULT", "Refused by a simulated fault.")
        check_key(websocket.headers.get("authorization"), _subprotocols(websocket), self._service.options)
        return faults

    async def _accept(self, websocket: WebSocket) -> None:
        offered = _subprotocols(websocket)
        await websocket.accept(subprotocol=offered[0] if offered else None)

    async def _refuse(self, websocket: WebSocket, refusal: RefusedError) -> None:
        self._service.counters.refused += 1
        await websocket.send_denial_response(refusal.response())


def _subprotocols(websocket: WebSocket) -> list[str]:
    return list(websocket.scope.get("subprotocols", []))


async def _answer_refusal(_: Request, error: Exception) -> Response:
    if not isinstance(error, RefusedError):
        raise error
    return error.response()
