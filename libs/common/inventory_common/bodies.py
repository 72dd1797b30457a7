"""The bodies of requests: plain values, declared without pydantic and validated by it.

A body is either a dataclass made by `body`, whose annotations are types of `attributes`, or derived from the
attributes that a resource declares, by `creation` or `merge_patch`.  pydantic is a third of a cold start, so
it is imported when the first body is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from types import NoneType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Final,
    Generic,
    NotRequired,
    TypeVar,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
    overload,
)

from .attributes import attribute_of, attributes_of, is_optional
from .values import value

if TYPE_CHECKING:
    from pydantic import TypeAdapter
    from pydantic_core import ErrorDetails

__all__ = ["BodyType", "Changes", "Errors", "Form", "body", "creation", "merge_patch"]

B = TypeVar("B")
V = TypeVar("V")

Errors = list[tuple[str, str]]
"""``(path, message)`` for every error."""

Changes = Mapping[str, Any]
"""The attributes that a merge patch sets; None removes an optional attribute."""

_REFERENCE: Final = "#/components/schemas/{model}"


@value(kw_only=True)
class Form:
    """One of several forms that a body can have.

    Attributes
    ----------
    needs, lacks
        The members that it must have, and those that must be absent or null.
    values
        The values that a member may have, if the form allows only some.
    excluded
        A value that a member must not have.
    """

    needs: Sequence[str]
    lacks: Sequence[str] = ()
    values: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    excluded: Mapping[str, Any] = field(default_factory=dict)

    def matches(self, body: object) -> bool:
        """Return whether a body has this form."""
        return (
            all(getattr(body, name) is not None for name in self.needs)
            and all(getattr(body, name) is None for name in self.lacks)
            and all(getattr(body, name) in allowed for name, allowed in self.values.items())
            and all(getattr(body, name) != value for name, value in self.excluded.items())
        )

    def schema(self, whole: Mapping[str, Any]) -> dict[str, Any]:
        """Return the JSON Schema of this form, derived from the schema of all members."""
        required = [*whole.get("required", ()), *self.needs]
        return {
            "type": whole["type"],
            "additionalProperties": whole["additionalProperties"],
            "required": list(dict.fromkeys(required)),
            "properties": {name: self._member(name, schema) for name, schema in whole["properties"].items()},
        }

    def _member(self, name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        if name in self.lacks:
            return {"type": "null"}
        # The first alternative is the member's own schema, the second one is null.
        member = dict(schema["anyOf"][0] if name in self.needs and "anyOf" in schema else schema)
        if name in self.values:
            member["enum"] = list(self.values[name])
        if name in self.needs or name in self.excluded:
            member.pop("default", None)
        if name in self.excluded:
            member["not"] = {"const": self.excluded[name]}
        return member


@overload
def body(cls: type[V], /) -> type[V]: ...
@overload
def body(*, forms: Sequence[Form], rule: str) -> Callable[[type[V]], type[V]]: ...
@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def body(cls: type[V] | None = None, /, *, forms: Sequence[Form] = (), rule: str = "") -> Any:
    """Make a class a body: unknown members and values of another type than a member's are refused.

    Parameters
    ----------
    forms
        The forms of a body that has several: it must match one of them.  Such a class has no
        ``__post_init__`` of its own.
    rule
        The error of a body that matches none: what it should have.
    """

    def decorate(cls: type[V]) -> type[V]:
        made: Any = cls
        if forms:
            assert not hasattr(cls, "__post_init__"), "the check of the forms would replace it"

            def check(self: object) -> None:
                if not any(form.matches(self) for form in forms):
                    raise ValueError(rule)

            def schema(cls: type, core_schema: Any, handler: Any) -> dict[str, Any]:
                whole = handler.resolve_ref_schema(handler(core_schema))
                kept = {name: whole[name] for name in ("description", "title")}
                return {**kept, "oneOf": [form.schema(whole) for form in forms]}

            made.__post_init__ = check
            made.__get_pydantic_json_schema__ = classmethod(schema)
        made.__pydantic_config__ = {"extra": "forbid"}
        return value(kw_only=True)(cls)

    return decorate if cls is None else decorate(cls)


class BodyType(Generic[B]):
    """How a route's body is validated.

    Parameters
    ----------
    shape
        Returns the type that pydantic validates against; called when the first body comes.
    name
        Its name in the service's document.
    is_merge_patch
        Whether it is a merge patch (RFC 7396).
    """

    def __init__(self, shape: Callable[[], Any], name: str, *, is_merge_patch: bool = False) -> None:
        self._shape = shape
        self.name = name
        self.is_merge_patch = is_merge_patch

    @staticmethod
    def of(given: type[B] | BodyType[B]) -> BodyType[B]:
        """Return the body type of a class made by `body`, or `given` itself."""
        return given if isinstance(given, BodyType) else BodyType(lambda: given, given.__name__)

    def read(self, document: Any) -> tuple[B | None, Errors]:
        """Validate a JSON value, and return the body and no errors, or None and every error."""
        from pydantic import ValidationError

        try:
            return self._plain(self._adapter.validate_python(document)), []
        except ValidationError as error:
            return None, [(_path(each["loc"]), _message(each)) for each in error.errors(include_url=False)]

    def canonical(self, body: B) -> dict[str, Any]:
        """Return the JSON object that equal bodies share: with defaults, and without null members."""
        document: dict[str, Any] = self._adapter.dump_python(body, exclude_none=True)
        return document

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema, for the service's document."""
        return self._adapter.json_schema(ref_template=_REFERENCE)

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        from pydantic import TypeAdapter

        return TypeAdapter(self._shape())

    def _plain(self, validated: Any) -> Any:
        return validated


class _AttributesBody(BodyType[B]):
    """A body of a resource's attributes: a dictionary of those that the request has."""

    def canonical(self, body: Any) -> dict[str, Any]:
        return {name: member for name, member in body.items() if member is not None}

    def schema(self) -> dict[str, Any]:
        schema = super().schema()
        for member in schema["properties"].values():
            member.pop("default", None)  # pydantic needs one; here, an absent member has no value
        return schema

    def _plain(self, validated: Any) -> Any:
        return validated.model_dump(exclude_unset=True)


def creation(resource: type, attributes: type[B]) -> BodyType[B]:
    """Return the body that creates a resource.

    Parameters
    ----------
    resource
        The dataclass that declares the attributes.
    attributes
        The TypedDict of those that its creator sets.
    """

    def shape() -> Any:
        declared = attributes_of(resource)
        members: dict[str, Any] = {}
        for name, hint in get_type_hints(attributes, include_extras=True).items():
            is_required = get_origin(hint) is not NotRequired
            annotation = declared[name]
            if not is_required and is_optional(get_args(hint)[0]) and not is_optional(annotation):
                annotation |= None
            members[name] = (annotation, ...) if is_required else (annotation, None)
        return _model(attributes.__name__, attributes.__doc__, members)

    return _AttributesBody(shape, attributes.__name__)


def merge_patch(resource: type, name: str, description: str) -> BodyType[Changes]:
    """Return the merge patch (RFC 7396) of a resource: what is absent stays, null removes an optional
    attribute.

    Parameters
    ----------
    resource
        The dataclass that declares the attributes, and which of them may be changed.
    name, description
        What the service's document calls it and says of it.
    """

    def shape() -> Any:
        members = {
            attribute: (_patched(annotation), None)
            for attribute, annotation in attributes_of(resource).items()
            if (declared := attribute_of(annotation)) is not None and declared.changeable
        }
        return _model(name, description, members)

    return _AttributesBody(shape, name, is_merge_patch=True)


def _model(name: str, description: str | None, members: Mapping[str, Any]) -> Any:
    from pydantic import ConfigDict, create_model

    made: Any = create_model(name, __config__=ConfigDict(extra="forbid"), __doc__=description, **members)
    return made


def _patched(annotation: Any) -> Any:
    """Return the annotation of an attribute in a merge patch, where null removes a member of a map."""
    if get_origin(annotation) is dict:
        key, member = get_args(annotation)
        return dict[key, member | None]  # type: ignore[valid-type]
    if (parts := get_args(annotation)) and (metadata := getattr(annotation, "__metadata__", None)):
        patched = _patched(parts[0])
        for each in metadata:
            patched = Annotated[patched, each]
        return patched
    if NoneType in parts:
        [inner] = [part for part in parts if part is not NoneType]
        return _patched(inner) | None
    return annotation


def _path(location: tuple[int | str, ...]) -> str:
    return "body" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)


def _message(error: ErrorDetails) -> str:
    match error["type"]:
        case "missing":
            return "is required"
        case "extra_forbidden" | "unexpected_keyword_argument":
            return "is not a field of this request"
        case "model_type" | "dict_type" | "dataclass_type":
            return "should be a JSON object"
        case _:
            # pydantic writes "Input should be …": the subject is left out, as the path names it.
            return re.sub(r"^(Value error, |\w+ (?=should ))", "", error["msg"])
