"""An option for each attribute of a product or SKU that a command can set, from the declarations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, get_args, get_origin

import click

from inventory_common.attributes import Flag, Money, WholeNumber, attribute_of, type_of
from inventory_imports.cells import container_of, parser_of
from inventory_imports.resources import ACTIVE_FLAG, Resource

from .invocation import Command

__all__ = ["AttributeValue", "changes_of", "creation_of", "creation_options", "patch_options"]

_OPTIONS: Final[Mapping[str, str]] = {
    "product_name": "--name",
    "base_price": "--price",
    "images": "--image",
    "tags": "--tag",
    "variant_name": "--name",
    "variant_attributes": "--attributes",
    "unit_price": "--price",
    "reorder_threshold": "--threshold",
}
"""The options whose names differ from their attributes' names."""


class AttributeValue(click.ParamType[Any]):
    """The value of an attribute with some annotation."""

    def __init__(self, annotation: Any) -> None:
        self._parse = parser_of(annotation)
        self.name = _metavar(annotation)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the text; an empty one stays empty."""
        if self._parse is None or not isinstance(value, str) or value == "":
            return value
        try:
            return self._parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def creation_options(resource: Resource, *, without: str) -> Callable[[Command], Command]:
    """Return a decorator with an option for each attribute that a creator sets, except one."""
    required_first = sorted(resource.created, key=lambda name: not resource.is_required[name])
    return _options(
        resource, {name: resource.is_required[name] for name in required_first if name != without}
    )


def patch_options(resource: Resource) -> Callable[[Command], Command]:
    """Return a decorator with an option for each attribute that can be changed, except the active flag."""
    changed = [name for name in resource.changed if name != ACTIVE_FLAG]
    return _options(resource, dict.fromkeys(_required_first(resource, changed), False))


def creation_of(options: Mapping[str, Any]) -> Any:
    """Return the attributes that the options set."""
    return {name: _plain(value) for name, value in options.items() if value is not None and value != ()}


def changes_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes that the options ask for; an empty text removes an optional attribute.

    Raises
    ------
    click.UsageError
        If there are none.
    """
    changes = {name: None if value == "" else value for name, value in creation_of(options).items()}
    if not changes:
        raise click.UsageError("Nothing to change. Name an attribute, such as --price 89.99.")
    return changes


def _required_first(resource: Resource, names: Sequence[str]) -> list[str]:
    return sorted(names, key=lambda name: not resource.is_required[name])


def _options(resource: Resource, is_required: Mapping[str, bool]) -> Callable[[Command], Command]:
    options = [_option(name, resource.annotations[name], required) for name, required in is_required.items()]

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _option(name: str, annotation: Any, required: bool) -> Callable[[Command], Command]:
    option = _OPTIONS.get(name, f"--{name.replace('_', '-')}")
    attribute = attribute_of(annotation)
    assert attribute is not None, f"{name} declares no attribute"
    container = container_of(annotation)
    if container is not None and get_origin(container) is list:
        (member,) = get_args(container)
        help_text = f"{attribute.description} May be repeated."
        return click.option(option, name, type=AttributeValue(member), multiple=True, help=help_text)
    hint = "" if container is None else " Such as color=Black|size=L."
    return click.option(
        option,
        name,
        type=AttributeValue(annotation),
        required=required,
        help=f"{attribute.description}{hint}",
    )


def _metavar(annotation: Any) -> str:
    if container_of(annotation) is not None:
        return "text"
    match type_of(annotation):
        case Money():
            return "price"
        case WholeNumber():
            return "integer"
        case Flag():
            return "boolean"
        case _:
            return "text"


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
