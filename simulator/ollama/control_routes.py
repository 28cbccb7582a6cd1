"""`/simulator/…`: what tests look at and switch while the stand-in runs."""

import re

from pydantic import BaseModel, ConfigDict, JsonValue
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.ollama.errors import OllamaError
from simulator.ollama.faults import Fault
from simulator.ollama.inference import Inference
from simulator.ollama.options import ScriptedReply
from simulator.ollama.requests import decode, parse


class FaultList(BaseModel):
    """Body of `POST /simulator/faults`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    faults: tuple[Fault, ...]


class ScriptList(BaseModel):
    """Body of `POST /simulator/script`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scripts: tuple[ScriptedReply, ...]


class ControlRoutes:
    """State, faults and scripts."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def routes(self) -> list[Route]:
        """The routes."""
        return [
            Route("/simulator/state", self.state, methods=["GET"]),
            Route("/simulator/state", self.reset, methods=["DELETE"]),
            Route("/simulator/faults", self.set_faults, methods=["POST"]),
            Route("/simulator/script", self.set_scripts, methods=["POST"]),
        ]

    async def state(self, request: Request) -> Response:
        """`GET /simulator/state`: counts, queues, and the last requests whole."""
        residents = self._inference.residency.loaded()
        waiting: list[JsonValue] = [fault.model_dump(mode="json") for fault in self._inference.faults.waiting()]
        return JSONResponse(
            {
                **self._inference.ledger.as_json(),
                "active": sum(resident.pool.active for resident in residents),
                "queued": sum(resident.pool.queued for resident in residents),
                "most_active": max((resident.pool.most_active for resident in residents), default=0),
                "longest_queue": max((resident.pool.longest_queue for resident in residents), default=0),
                "model_loads": self._inference.residency.loads,
                "faults": waiting,
            }
        )

    async def reset(self, request: Request) -> Response:
        """`DELETE /simulator/state`: forgets the requests; models, faults and scripts stay."""
        self._inference.ledger.reset()
        return Response(status_code=204)

    async def set_faults(self, request: Request) -> Response:
        """`POST /simulator/faults`: replaces all faults; an empty list ends them."""
        self._inference.faults.replace(parse(FaultList, decode(await request.body())).faults)
        return Response(status_code=204)

    async def set_scripts(self, request: Request) -> Response:
        """`POST /simulator/script`: replaces all scripted replies."""
        scripts = parse(ScriptList, decode(await request.body())).scripts
        try:
            self._inference.scripts.replace(scripts)
        except re.error as error:
            raise OllamaError(400, f"match is no regular expression: {error}") from error
        return Response(status_code=204)
