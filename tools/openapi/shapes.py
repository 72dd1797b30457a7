"""JSON Schemas: of served shapes, from dataclasses and TypedDicts, and of request bodies, from body types."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from inventory_common.attributes import Attribute, attribute_of, form_of
from inventory_common.bodies import BodyType
from inventory_common.transactions import TransactionRecord, record_hash

from .attributes import ATTRIBUTES, SAMPLES, members_of, optional_members_of

__all__ = ["Components", "MissingDescription", "Schema"]

Schema = dict[str, Any]

TYPES: Mapping[Any, str] = {str: "string", int: "integer", bool: "boolean", Decimal: "number"}


class MissingDescription(Exception):
    """The code does not describe something that the document needs."""


class Components:
    """The schemas that a document refers to; each is made when it is first referred to."""

    def __init__(self) -> None:
        self.schemas: dict[str, Schema] = {}

    # Served shapes

    def of_shape(self, shape: Any) -> Schema:
        """Return the schema of an annotation, objects by reference."""
        origin, parts = get_origin(shape), get_args(shape)
        if shape is Any:
            return {}
        if origin is Annotated:
            return self.of_shape(parts[0])
        if origin is Literal:
            return {"type": TYPES[type(parts[0])], "enum": list(parts)}
        if origin in (Union, UnionType):
            return self._union(parts)
        if origin is list:
            return {"type": "array", "items": self.of_shape(parts[0])}
        if origin is dict:
            return {"type": "object", "additionalProperties": self.of_shape(parts[1])}
        if shape in TYPES:
            return {"type": TYPES[shape]}
        if isinstance(shape, type) and issubclass(shape, StrEnum):
            return self._reference(shape, lambda: {"type": "string", "enum": [str(each) for each in shape]})
        return self._reference(shape, lambda: self._object(shape))

    def _union(self, parts: tuple[Any, ...]) -> Schema:
        if set(parts) == {Decimal, int}:
            return {"type": "number"}
        if NoneType not in parts:
            return {"anyOf": [self.of_shape(part) for part in parts]}
        rest = tuple(part for part in parts if part is not NoneType)
        schema = self.of_shape(rest[0] if len(rest) == 1 else Union[rest])  # noqa: UP007 (made at run time)
        if "type" not in schema:
            return {"anyOf": [schema, {"type": "null"}]}
        return _nullable(schema)

    def _reference(self, shape: Any, make: Callable[[], Schema]) -> Schema:
        name = shape.__name__
        if name not in self.schemas:
            self.schemas[name] = {}  # a shape may refer to itself
            self.schemas[name] = {"description": _summary(shape)} | make()
        return {"$ref": f"#/components/schemas/{name}"}

    def of_members(self, shape: Any, parameter: str) -> Schema:
        """Return the schema of an object that has those members of a shape that a query parameter names.

        Only requests with this parameter, named by `x-requested-by`, get such an object.
        """
        name = f"Selected{shape.__name__}"
        if name not in self.schemas:
            members = members_of(shape)
            self.schemas[name] = {
                "description": f"The members of {shape.__name__} that `{parameter}` names.",
                "x-requested-by": parameter,
                "type": "object",
                "minProperties": 1,
                "properties": {member: self.of_member(member, hint) for member, hint in members.items()},
                "examples": [dict(list(self.sample(shape).items())[:2])],
            }
        return {"$ref": f"#/components/schemas/{name}"}

    def _object(self, shape: Any) -> Schema:
        properties = {name: self.of_member(name, hint) for name, hint in members_of(shape).items()}
        required = [name for name in properties if name not in optional_members_of(shape)]
        schema = {"type": "object", "required": required, "properties": properties}
        return {**schema, "examples": [self.sample(shape)]}

    def of_member(self, name: str, hint: Any) -> Schema:
        """Return the schema of a member of an object, with the sentence of its attribute.

        Raises
        ------
        MissingDescription
            If neither the annotation nor the name has an attribute.
        """
        schema = self.of_shape(hint)
        attribute, form = attribute_of(hint), form_of(hint)
        if attribute is None:
            attribute, form = _attribute_named(name), form or form_of(ATTRIBUTES[name])
        if "type" not in schema:  # an object, a union or anything
            form = {}
        if "enum" in form and "null" in schema["type"]:
            form["enum"] = [*form["enum"], None]
        return {**form, **schema, "description": attribute.description}

    # Request bodies

    def of_body(self, body: BodyType[Any]) -> Schema:
        """Return a reference to the schema of a body."""
        generated = body.schema()
        bodies = {**generated.pop("$defs", {}), body.name: generated}
        samples = {name: self._add_body(name, schema) for name, schema in bodies.items()}
        for name in samples:
            self.schemas[name]["examples"] = [self._sample_body(name, samples)]
        return {"$ref": f"#/components/schemas/{body.name}"}

    def _add_body(self, name: str, schema: Schema) -> dict[str, Any]:
        """Add the schema of a body and return the samples of its members."""
        self.schemas[name] = schema = _tidied(schema)
        samples = {}
        for member, form in _members_of_body(schema):
            if form.get("default", "") is None:
                del form["default"]
            attribute = _take_attribute(form) or _attribute_named(member)
            form["description"] = attribute.description
            samples[member] = attribute.sample
        return samples

    # Samples

    def sample(self, shape: Any) -> Any:
        """Return a sample of an object or a list.

        Raises
        ------
        MissingDescription
            If the shape is another one.
        """
        origin, parts = get_origin(shape), get_args(shape)
        if origin is Annotated:
            return self.sample(parts[0])
        if origin is list:
            members = get_args(parts[0]) if get_origin(parts[0]) in (Union, UnionType) else parts
            return [self.sample(member) for member in members]
        if shape is Any or not hasattr(shape, "__annotations__") or issubclass(shape, StrEnum):
            raise MissingDescription(f"there is no sample of {shape}")
        optional = optional_members_of(shape)
        hints = {name: hint for name, hint in members_of(shape).items() if name not in optional}
        sample = {name: self.sample_of_member(name, hint) for name, hint in hints.items()}
        sample = _merged(sample, SAMPLES.get(shape.__name__, {}))
        for name, hint in hints.items():
            if hint is TransactionRecord:
                sample[name]["hash"] = record_hash(sample[name])
        if shape is TransactionRecord:
            sample["hash"] = record_hash(sample)
        return sample

    def sample_of_member(self, name: str, hint: Any) -> Any:
        """Return a sample of a member: that of its annotation, of the object or list, or of its name."""
        attribute = attribute_of(hint)
        if attribute is not None and attribute.sample is not None:
            return attribute.sample
        try:
            return self.sample(hint)
        except MissingDescription:
            return (attribute or _attribute_named(name)).sample

    def _sample_body(self, name: str, samples: Mapping[str, Mapping[str, Any]]) -> Any:
        """Return a sample of a body in its first form, from the samples of all bodies' members."""
        schema = self.schemas[name]
        sample = {}
        for member, form in schema.get("oneOf", [schema])[0]["properties"].items():
            if form.get("type") == "null":
                continue
            sample[member] = samples[name][member]
            if sample[member] is None:
                [inner] = set(re.findall(r"#/components/schemas/(\w+)", str(form)))
                sample[member] = [self._sample_body(inner, samples)]
        return _merged(sample, SAMPLES.get(name, {}))


def _attribute_named(name: str) -> Attribute:
    attribute = attribute_of(ATTRIBUTES.get(name))
    if attribute is None:
        raise MissingDescription(f"the attribute {name} is not described")
    return attribute


def _summary(shape: Any) -> str:
    return " ".join(inspect.cleandoc(shape.__doc__ or "").partition("\n\n")[0].split())


def _members_of_body(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield the members of a body, of all its alternatives."""
    for alternative in schema.get("oneOf", [schema]):
        yield from alternative["properties"].items()


def _take_attribute(form: Schema) -> Attribute | None:
    """Remove the attributes that a body's member and its alternatives declare; return the outermost."""
    declared = [
        Attribute(part.pop("description"), *part.pop("examples"))
        for part in (form, *form.get("anyOf", ()))
        if "examples" in part
    ]
    return declared[0] if declared else None


def _nullable(schema: Schema) -> Schema:
    enum = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **enum}


def _tidied(schema: Any) -> Any:
    """Return a schema of pydantic's without titles, and with `propertyNames` for `patternProperties`."""
    if isinstance(schema, list):
        return [_tidied(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    tidied = {
        key: _tidied(value) for key, value in schema.items() if key != "title" or isinstance(value, dict)
    }
    if isinstance(tidied.get("description"), str):
        tidied["description"] = " ".join(tidied["description"].split())
    if "patternProperties" in tidied:
        [(pattern, member)] = tidied.pop("patternProperties").items()
        tidied["propertyNames"] = {**tidied.get("propertyNames", {}), "pattern": pattern}
        tidied["additionalProperties"] = member
    return tidied


def _merged(sample: Mapping[str, Any], differences: Mapping[str, Any]) -> dict[str, Any]:
    """Return a sample with differences merged into it, deeply."""
    merged = dict(sample)
    for name, value in differences.items():
        before = merged.get(name)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            merged[name] = _merged(before, value)
        else:
            merged[name] = value
    return merged
