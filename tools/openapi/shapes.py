"""JSON Schemas: of what is served, from dataclasses and TypedDicts; of what is taken, from request models."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from inventory_common.fields import MergePatch
from inventory_common.transactions import TransactionRecord, record_hash

from .attributes import ATTRIBUTES, SAMPLES

__all__ = ["Components", "MissingDescription"]

Schema = dict[str, Any]

TYPES: Mapping[Any, str] = {str: "string", int: "integer", bool: "boolean", Decimal: "number"}


class MissingDescription(Exception):
    """A declaration leaves out what the document has to tell."""


class Components:
    """The schemas that a document refers to; each is made when it is first referred to."""

    def __init__(self) -> None:
        self.schemas: dict[str, Schema] = {}

    # What is served

    def served(self, shape: Any) -> Schema:
        """Return the schema of an annotation, objects by reference."""
        origin, parts = get_origin(shape), get_args(shape)
        if shape is Any:
            return {}
        if origin is Annotated:
            return self._annotated(*parts)
        if origin is Literal:
            return {"type": TYPES[type(parts[0])], "enum": list(parts)}
        if origin in (Union, UnionType):
            return self._union(parts)
        if origin is list:
            return {"type": "array", "items": self.served(parts[0])}
        if origin is dict:
            return {"type": "object", "additionalProperties": self.served(parts[1])}
        if shape in TYPES:
            return {"type": TYPES[shape]}
        if isinstance(shape, type) and issubclass(shape, StrEnum):
            return self._named(shape, lambda: {"type": "string", "enum": [str(each) for each in shape]})
        return self._named(shape, lambda: self._object(shape))

    def _annotated(self, shape: Any, said: str | Mapping[str, Any]) -> Schema:
        return {**self.served(shape), **({"description": said} if isinstance(said, str) else said)}

    def _union(self, parts: tuple[Any, ...]) -> Schema:
        if set(parts) == {Decimal, int}:
            return {"type": "number"}
        if NoneType not in parts:
            return {"anyOf": [self.served(part) for part in parts]}
        rest = tuple(part for part in parts if part is not NoneType)
        schema = self.served(rest[0] if len(rest) == 1 else Union[rest])  # noqa: UP007 (parts are not known)
        if "type" not in schema:
            return {"anyOf": [schema, {"type": "null"}]}
        return _nullable(schema)

    def _named(self, shape: Any, make: Any) -> Schema:
        name = shape.__name__
        if name not in self.schemas:
            self.schemas[name] = {}  # a shape may refer to itself
            self.schemas[name] = _described(shape) | make()
        return {"$ref": f"#/components/schemas/{name}"}

    def _object(self, shape: Any) -> Schema:
        properties = {name: self.property(name, hint) for name, hint in _members(shape).items()}
        schema = {"type": "object", "required": list(properties), "properties": properties}
        return {**schema, "examples": [self.sample(shape)]}

    def property(self, name: str, hint: Any) -> Schema:
        """Return the schema of an attribute; a sentence where it is used stands for all said elsewhere.

        Raises
        ------
        Unsaid
            If nothing says what it is.
        """
        schema = self.served(hint)
        if "description" in schema:
            return schema
        said = ATTRIBUTES.get(name)
        if said is None:
            raise MissingDescription(f"nothing says what the attribute {name} is")
        form = {key: value for key, value in said.items() if key != "sample"}
        if "enum" in form and "null" in _types(schema):
            form["enum"] = [*form["enum"], None]
        if "$ref" in schema or "anyOf" in schema:
            form = {"description": form["description"]}
        return {**schema, **form}

    # What is taken

    def taken(self, model: type[BaseModel]) -> Schema:
        """Return a reference to a request model."""
        generated = model.model_json_schema(ref_template="#/components/schemas/{model}")
        for name, schema in generated.pop("$defs", {}).items():
            self._take(name, schema, patch=False)
        self._take(model.__name__, generated, patch=issubclass(model, MergePatch))
        return {"$ref": f"#/components/schemas/{model.__name__}"}

    def _take(self, name: str, schema: Schema, *, patch: bool) -> None:
        if name in self.schemas:
            return
        schema = _tidied(schema)
        for attribute, form in _fields(schema):
            if patch or form.get("default", "") is None:
                form.pop("default", None)
            if attribute not in ATTRIBUTES:
                raise MissingDescription(f"nothing says what the attribute {attribute} of {name} is")
            form.setdefault("description", ATTRIBUTES[attribute]["description"])
        self.schemas[name] = schema
        schema.setdefault("examples", [self._sample_taken(name)])

    # Samples

    def sample(self, shape: Any) -> Any:
        """Return the specification's sample of a shape, as far as it has one."""
        origin, parts = get_origin(shape), get_args(shape)
        if origin is Annotated:
            return self.sample(parts[0])
        if origin is list:
            members = get_args(parts[0]) if get_origin(parts[0]) in (Union, UnionType) else parts
            return [self.sample(member) for member in members]
        if shape is Any or not hasattr(shape, "__annotations__") or issubclass(shape, StrEnum):
            raise MissingDescription(f"there is no sample of {shape}")
        found = {name: self._sample_of(name, hint) for name, hint in _members(shape).items()}
        found = _changed(found, SAMPLES.get(shape.__name__, {}))
        for name, hint in _members(shape).items():
            if hint is TransactionRecord:
                found[name]["hash"] = record_hash(found[name])
        if shape is TransactionRecord:
            found["hash"] = record_hash(found)
        return found

    def _sample_of(self, name: str, hint: Any) -> Any:
        try:
            return self.sample(hint)
        except MissingDescription:
            return ATTRIBUTES.get(name, {}).get("sample")

    def _sample_taken(self, name: str) -> Any:
        schema = self.schemas[name]
        found = {}
        for attribute, form in _fields(schema.get("oneOf", [schema])[0]):
            if form.get("type") == "null":
                continue
            sample = ATTRIBUTES[attribute]["sample"]
            if sample is None:
                [inner] = set(re.findall(r"#/components/schemas/(\w+)", str(form)))
                sample = [self._sample_taken(inner)]
            found[attribute] = sample
        return _changed(found, SAMPLES.get(name, {}))


def _members(shape: Any) -> dict[str, Any]:
    """Return names and annotations of what is served of a shape, in order."""
    hints = get_type_hints(shape, include_extras=True)
    if not is_dataclass(shape):
        return hints
    found = {field.name: hints[field.name] for field in fields(shape)}
    for name, member in vars(shape).items():
        if isinstance(member, property):
            found[name] = get_type_hints(member.fget)["return"]
    return found


def _described(shape: Any) -> Schema:
    return {"description": " ".join(inspect.cleandoc(shape.__doc__ or "").partition("\n\n")[0].split())}


def _fields(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield the fields of a body, of all its forms."""
    for form in schema.get("oneOf", [schema]):
        yield from form["properties"].items()


def _nullable(schema: Schema) -> Schema:
    enum = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **enum}


def _types(schema: Schema) -> list[str]:
    found = schema.get("type", [])
    return found if isinstance(found, list) else [found]


def _tidied(schema: Any) -> Any:
    """Leave out pydantic's titles, and say of names of members what it says by patterns of them."""
    if isinstance(schema, list):
        return [_tidied(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {
        key: _tidied(value) for key, value in schema.items() if key != "title" or isinstance(value, dict)
    }
    if isinstance(found.get("description"), str):
        found["description"] = " ".join(found["description"].split())
    if "patternProperties" in found:
        [(pattern, member)] = found.pop("patternProperties").items()
        found["propertyNames"] = {**found.get("propertyNames", {}), "pattern": pattern}
        found["additionalProperties"] = member
    return found


def _changed(sample: Mapping[str, Any], differences: Mapping[str, Any]) -> dict[str, Any]:
    """Merge differences into a sample, deeply."""
    found = dict(sample)
    for name, value in differences.items():
        standing = found.get(name)
        found[name] = (
            _changed(standing, value)
            if isinstance(standing, Mapping) and isinstance(value, Mapping)
            else value
        )
    return found
