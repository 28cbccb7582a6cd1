"""Completes the OpenAPI document beyond what FastAPI finds in the signatures, and serves its page without a CDN.

Added are what each operation demands of a key, examples made by the code that makes the answers, and the list form
of a 422. Operation ids are the names of the route functions: clients are generated from them, so they stay.
"""

from collections.abc import Mapping
from typing import cast

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline
from pydantic import JsonValue
from starlette.types import Lifespan

from api.auth import SECURITY_SCHEME
from api.openapi_answers import add_common_answers
from api.openapi_examples import VALIDATION_EXAMPLE, response_examples
from data.api_keys import Scope

TITLE = "AI SDR phone agent"
VERSION = "1"
"""Of the API's shape, as in its paths."""
DESCRIPTION = """\
Agents that answer the telephone, in the shape of the ElevenLabs Agents API.

**Keys.** Send one as `xi-api-key`. Each operation names the scope that it needs: `read`, `write` or `admin`, each
of which includes those before it. What a key sees and changes is in its own workspace.

**Errors.** Every error but a 422 is a `detail` object with a `code`, a `message` and a `request_id`, which is also
in the `x-request-id` header and in the server's log; a 422 is a list of what is wrong where. Only a 429
(`retry-after` says when) and a 5xx are worth repeating unchanged.

**Pages.** Lists answer `has_more` and `next_cursor`; send that as `cursor` to get what follows.
"""
_TAGS: tuple[dict[str, str], ...] = (
    {"name": "Agents", "description": "Who answers, and how; flat fields and nested sections are two views."},
    {"name": "Knowledge", "description": "Documents, and what agents find in them."},
    {"name": "Conversations", "description": "What was said, and where the time went."},
    {"name": "Workspace", "description": "API keys, the audit log, and the workspaces of the server."},
    {"name": "Health", "description": "For load balancers and monitoring; open, but for metrics from elsewhere."},
    {"name": "twilio", "description": "Webhooks that Twilio calls and signs; no key."},
)
_PAGE: dict[str, JsonValue] = {
    "persistAuthorization": True,
    "displayRequestDuration": True,
    "filter": True,
    # The badge would send the document's address to a server of swagger.io.
    "validatorUrl": None,
}


def create_documented_app(lifespan: Lifespan[FastAPI]) -> FastAPI:
    """An app whose document is complete and whose page `/docs` needs nothing from elsewhere.

    Args:
        lifespan: Of the app.
    """
    app = FastAPIOffline(
        docs_url="/docs",
        # Redoc's page fetches a picture from its maker's server.
        redoc_url=None,
        title=TITLE,
        version=VERSION,
        description=DESCRIPTION,
        openapi_tags=list(_TAGS),
        generate_unique_id_function=_operation_id,
        swagger_ui_parameters=_PAGE,
        lifespan=lifespan,
    )
    generate = app.openapi

    def openapi() -> dict[str, object]:
        if app.openapi_schema is None:
            complete_document(generate())
        return cast(dict[str, object], app.openapi_schema)

    app.openapi = openapi  # type: ignore[method-assign]
    return app


def complete_document(document: dict[str, JsonValue]) -> None:
    """Add to each operation what its key must have, an example of its answer, and one of a 422."""
    paths = cast(dict[str, dict[str, dict[str, JsonValue]]], document["paths"])
    examples = response_examples()
    for operations in paths.values():
        for operation in operations.values():
            _name_scope(operation)
            _say_that_errors_are_json(operation)
            add_common_answers(operation)
            example = examples.get(str(operation["operationId"]))
            _add_examples(operation, {"200": example, "422": VALIDATION_EXAMPLE})


def _name_scope(operation: dict[str, JsonValue]) -> None:
    if "security" not in operation:
        return
    [security] = cast(list[dict[str, list[JsonValue]]], operation["security"])
    # Where nothing more is demanded any good key will do, and each may read.
    [scope] = security[SECURITY_SCHEME] = security[SECURITY_SCHEME] or [Scope.READ.value]
    text = f"{operation.get('description', '')}\n\nNeeds a key with the scope `{scope}`."
    operation["description"] = text.strip()


def _say_that_errors_are_json(operation: dict[str, JsonValue]) -> None:
    """FastAPI takes an error's body to be of the same media type as a good answer's."""
    for status, response in cast(dict[str, dict[str, JsonValue]], operation["responses"]).items():
        content = cast(dict[str, dict[str, JsonValue]], response.get("content", {}))
        if int(status) >= 400 and content:
            merged: dict[str, JsonValue] = {}
            for body in content.values():
                merged.update(body)
            response["content"] = {"application/json": merged}


def _operation_id(route: APIRoute) -> str:
    return route.name


def _add_examples(operation: Mapping[str, JsonValue], examples: Mapping[str, JsonValue]) -> None:
    responses = cast(dict[str, dict[str, JsonValue]], operation["responses"])
    for status, example in examples.items():
        content = cast(dict[str, dict[str, JsonValue]], responses.get(status, {}).get("content", {}))
        if example is not None and "application/json" in content:
            content["application/json"]["example"] = example
