"""Validates one field of an agent by itself, with the constraints that `AgentConfig` declares.

A PATCH may say a field twice, once per view; each is brought into its stored form here, so that the two
can be compared, and an error can name the place that the client really wrote to.
"""

from functools import lru_cache

from pydantic import BaseModel, JsonValue, ValidationError, create_model
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from api.agent_views.field_mappings import FieldMapping
from api.json_tree import Path
from data.agent_config import AgentConfig


class FieldValueError(Exception):
    """The value cannot stand in this field.

    Attributes:
        problems: Pairs of a location inside the value and the error as pydantic describes it.
    """

    def __init__(self, problems: list[tuple[tuple[int | str, ...], ErrorDetails]]) -> None:
        super().__init__("invalid field value")
        self.problems = problems


def stored_form(mapping: FieldMapping, value: JsonValue) -> JsonValue:
    """The value as `AgentConfig` would hold it, as JSON.

    Raises:
        FieldValueError: It has the wrong type, is out of range or means nothing.
    """
    try:
        validated = _validator(mapping.stored).model_validate({"value": value})
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
        raise FieldValueError([(detail["loc"][1:], detail) for detail in details]) from error
    stored: JsonValue = validated.model_dump(mode="json")["value"]
    try:
        mapping.check(stored)
    except ValueError as error:
        problem = ErrorDetails(type="value_error", loc=(), msg=str(error), input=value)
        raise FieldValueError([((), problem)]) from error
    return stored


@lru_cache(maxsize=64)
def _validator(path: Path) -> type[BaseModel]:
    field = _stored_field(AgentConfig, path)
    if field.annotation is None:
        raise TypeError(f"{path[-1]} has no type")
    return create_model("AgentField", value=(field.annotation, field))


def _stored_field(model: type[BaseModel], path: Path) -> FieldInfo:
    field = model.model_fields[path[0]]
    if len(path) == 1:
        return field
    inner = field.annotation
    if not isinstance(inner, type) or not issubclass(inner, BaseModel):
        raise TypeError(f"{path[0]} of {model.__name__} is not a model")
    return _stored_field(inner, path[1:])
