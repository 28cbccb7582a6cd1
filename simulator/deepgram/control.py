"""The simulator's own endpoints: register utterances, look at counters, set faults."""

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from config.errors import InvalidInputError
from simulator.deepgram.service import DeepgramService
from simulator.faults import FaultRules


class UtterancesRequest(BaseModel):
    """Body of `POST /simulator/utterances`: without voices, the simulator's phrase voices speak them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    texts: tuple[str, ...] = Field(max_length=1000)
    voices: tuple[str, ...] = Field(default=(), max_length=20)


class ControlEndpoints:
    """The HTTP handlers under `/simulator`; no key is needed."""

    def __init__(self, service: DeepgramService) -> None:
        self._service = service

    async def utterances(self, request: Request) -> Response:
        """`POST /simulator/utterances`: they are recognisable when the answer comes."""
        try:
            wanted = UtterancesRequest.model_validate_json(await request.body())
            await self._service.learn(wanted.texts, wanted.voices or self._service.options.phrase_voices)
        except ValidationError as error:
            return _unprocessable(str(error))
        except InvalidInputError as error:
            return _unprocessable(error.message)
        return JSONResponse({"known_utterances": len(self._service.book)})

    async def state(self, request: Request) -> Response:
        """`GET /simulator/state`: counters since the start."""
        return JSONResponse(self._service.state())

    async def read_faults(self, request: Request) -> Response:
        """`GET /simulator/faults`: the rules in force."""
        return JSONResponse(self._service.faults.rules.model_dump(mode="json"))

    async def write_faults(self, request: Request) -> Response:
        """`POST /simulator/faults`: replace the rules; connections are counted from 1 again."""
        try:
            rules = FaultRules.model_validate_json(await request.body())
        except ValidationError as error:
            return _unprocessable(str(error))
        self._service.faults.replace(rules)
        return JSONResponse(rules.model_dump(mode="json"))


def _unprocessable(message: str) -> JSONResponse:
    return JSONResponse({"err_code": "INVALID_REQUEST", "err_msg": message}, status_code=422)
