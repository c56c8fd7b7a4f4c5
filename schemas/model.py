"""The two roots of every model: plain values, and messages that carry a schema version."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from schemas.errors import NewerSchemaError, RefusedError

SCHEMA_VERSION = 1
_MAX_REPORTED_ERRORS = 3
# Where pydantic's own words are for programmers.
_WORDS = {
    "extra_forbidden": "unknown key",
    "missing": "is missing",
    "dict_type": 'should be an object, as in {"key": "value"}',
}
# Of a key that is not ours: enough to find it by, and room for what is wrong with it.
MAX_NAMED_CHARACTERS = 60


class Value(BaseModel):
    """An immutable value: unknown keys are refused, instances hash and compare by content."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Message(Value):
    """A value that travels on a topic as JSON.

    ``schema_version`` says which shape it was written in. A message of a newer version than this
    code knows is refused by name instead of being misread.
    """

    schema_version: int = Field(default=SCHEMA_VERSION, ge=1, le=SCHEMA_VERSION)

    def to_json(self) -> bytes:
        """The message as UTF-8 JSON."""
        return self.__pydantic_serializer__.to_json(self)

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read a message from UTF-8 JSON.

        Raises:
            NewerSchemaError: the message was written by a newer version of millrace.
            RefusedError: the bytes are not this message; the error names the first fields at fault.
        """
        try:
            return cls.model_validate_json(data)
        except ValidationError as error:
            found = _schema_version(data)
            if found is not None and found > SCHEMA_VERSION:
                raise NewerSchemaError(cls.__name__, found, SCHEMA_VERSION) from None
            raise RefusedError("malformed", describe_invalid(cls.__name__, error)) from None


def _schema_version(data: bytes) -> int | None:
    try:
        content = from_json(data)
    except ValueError:
        return None
    version = content.get("schema_version") if isinstance(content, dict) else None
    return version if isinstance(version, int) else None


def describe_invalid(what: str, error: ValidationError) -> str:
    """One line that names the first fields at fault and why, without quoting any input."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    shown = [
        f"{'.'.join(str(part)[:MAX_NAMED_CHARACTERS] for part in problem['loc']) or 'value'}: "
        f"{_WORDS.get(problem['type'], problem['msg'].removeprefix('Value error, '))}"
        for problem in problems[:_MAX_REPORTED_ERRORS]
    ]
    if len(problems) > len(shown):
        shown.append(f"and {len(problems) - len(shown)} more")
    return f"not a valid {what}: " + "; ".join(shown)
