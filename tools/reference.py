"""``python -m tools.reference``: write `docs/reference.md`, all codes, limits and id forms, from the code.

The descriptions come from the code too: that of an error code is the first sentence of its class's docstring,
that of a limit the docstring below its constant.  A limit without a docstring is an error.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from typing import Any

from inventory_common import errors
from inventory_common import limits as api_limits
from inventory_common.errors import (
    InsufficientStock,
    InvalidInput,
    InventoryError,
    MethodNotAllowed,
)
from inventory_common.ids import PATTERNS
from inventory_common.problems import headers_of, problem_document, status_of
from local.server import CODES

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference.md"
LIBRARY = ROOT / "libs" / "common" / "inventory_common"
GATEWAY = ROOT / "local" / "gateway.py"

LIMIT_NAME = re.compile(r"_?[A-Z]\w*_(?:(?:MAX|MIN)(?:_[A-Z]+)?|SECONDS|BYTES|CHARACTERS|ITEMS|ATTEMPTS)")
"""The names of constants that are limits; in the modules of `LIMIT_MODULES` every constant is one."""
ANY_NAME = re.compile(r"[A-Z].*")
LIMIT_MODULES = tuple(LIBRARY / f"{name}.py" for name in ("limits", "dynamodb_limits", "tuning"))
"""The limits of the API, those of DynamoDB, and the settings of the services."""

PLURALS = {"BYTES", "CHARACTERS", "ITEMS", "SECONDS"}
PERIODS = {86_400: "day", 3_600: "hour", 60: "minute"}

INTRODUCTION = """\
# Codes, limits and id forms

Generated from the code by `make reference`, and a test compares the two: edit the code, not this page.
"""

ABOUT_CODES = """\
## Codes

Every error response is a problem document (RFC 9457, `application/problem+json`) with the members {members},
and the further members that the table lists.  Branch on `code`, which does not change; texts may.
"""

ABOUT_SERVERS = """\
Requests that never reach a service are refused by the server in front of it.  Locally this is the HTTP server
of `make run`, whose problem documents have the `type` `about:blank` and one of the codes below.  On AWS it is
API Gateway, whose problem documents have the codes in `terraform/modules/service/problems.tf`.  It
passes the header `WWW-Authenticate` of a service on as `x-amzn-Remapped-WWW-Authenticate`.
"""

ABOUT_LIMITS = """\
## Limits

The limits of the API.  A request that exceeds one is refused, unless the table says otherwise.
"""

ABOUT_SETTINGS = """\
## Settings of the services

Not part of the API: they may change with any release.

### Limits of DynamoDB
"""

ABOUT_TUNING = """\
### Timeouts, retries, batches and caches
"""

ABOUT_IDS = """\
## Id forms

The pattern matches the whole id.
"""


class MissingDescription(Exception):
    """The code does not describe something that the document needs."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A constant that bounds something.

    Attributes
    ----------
    unit
        In the plural; empty for a plain count.
    description
        The docstring of the constant.
    module
        The file that defines it.
    """

    name: str
    value: int | float | Decimal
    unit: str
    description: str
    module: str

    @property
    def shown(self) -> str:
        """The value with its unit, e.g. ``86,400 seconds (1 day)``."""
        value = int(self.value) if self.value == int(self.value) else self.value
        unit = self.unit.removesuffix("s") if value == 1 else self.unit
        return f"{value:,} {unit}".rstrip() + self._in_larger_units()

    def _in_larger_units(self) -> str:
        if self.unit == "seconds":
            for period_seconds, name in PERIODS.items():
                count, rest = divmod(self.value, period_seconds)
                if count and not rest:
                    return f" ({int(count)} {name}{'' if count == 1 else 's'})"
        if self.unit == "bytes" and self.value >= 2**20 and not self.value % 2**20:
            return f" ({int(self.value) // 2**20} MiB)"
        return ""


def render() -> str:
    """Return the whole reference."""
    api, dynamodb, tuning = (limits_in_module(module) for module in LIMIT_MODULES)
    settings = [*tuning, *limits_in_other_modules()]
    return "\n".join(
        [
            INTRODUCTION,
            ABOUT_CODES.format(members=_listed(_members_of_every_document())),
            table(
                ["Code", "Status", "Title", "When", "Members", "Headers"], map(_row_of_code, error_types())
            ),
            ABOUT_SERVERS,
            table(["Code", "Status", "Title"], _rows_of_servers()),
            ABOUT_LIMITS,
            table(["Name", "Value", "Description"], map(_row_of_limit, api)),
            ABOUT_SETTINGS,
            table(["Name", "Value", "Description"], map(_row_of_limit, dynamodb)),
            ABOUT_TUNING,
            table(
                ["Name", "Value", "Description", "Module"],
                ([*_row_of_limit(limit), f"`{limit.module}`"] for limit in settings),
            ),
            ABOUT_IDS,
            table(["Attribute", "Pattern"], ([f"`{name}`", f"`{form}`"] for name, form in PATTERNS.items())),
        ]
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table that ends with a line break."""
    lines = []
    for cells in [heads, ["---"] * len(heads), *rows]:
        escaped = [cell.replace("|", "\\|") for cell in cells]
        lines.append(f"| {' | '.join(escaped)} |\n")
    return "".join(lines)


# Codes


def error_types() -> list[type[InventoryError]]:
    """Return every error type that has a code, sorted by status and code."""
    types = [error_type for name in errors.__all__ if (error_type := getattr(errors, name)).code]
    return sorted(types, key=lambda error_type: (status_of(error_type), error_type.code))


def _row_of_code(error_type: type[InventoryError]) -> list[str]:
    headers = [f"`{name}: {value}`" for name, value in headers_of(_example_of(error_type)).items()]
    return [
        f"`{error_type.code}`",
        str(status_of(error_type)),
        error_type.title,
        first_sentence(error_type),
        _listed(MEMBERS.get(error_type.__name__, ())),
        ", ".join(headers),
    ]


def first_sentence(error_type: type[InventoryError]) -> str:
    """Return the first sentence of an error type's own docstring, on one line.

    Raises
    ------
    MissingDescription
        If it has no docstring.
    """
    if not error_type.__doc__:
        raise MissingDescription(f"{error_type.__name__} has no docstring")
    paragraph = " ".join(inspect.cleandoc(error_type.__doc__).partition("\n\n")[0].split())
    return re.split(r"(?<=[.])\s+(?=[A-Z])", paragraph)[0]


def _example_of(error_type: type[InventoryError]) -> InventoryError:
    line = {"product_id": "PROD-E4F9A", "sku": "SKU-PROD-E4F9A-A", "asked": 2, "available": 1}
    if error_type is MethodNotAllowed:
        return MethodNotAllowed("PUT", ["…"])
    if error_type is InvalidInput:
        return InvalidInput([])
    return InsufficientStock([line]) if error_type is InsufficientStock else error_type("")


def _members_of_every_document() -> list[str]:
    return list(problem_document(errors.Busy(""), ""))


def members_of_problems(sources: Iterable[Path]) -> Mapping[str, Sequence[str]]:
    """Return the further members of problem documents, by the name of the error type.

    They are the keyword arguments with which the code creates errors of the type: of a call of the class, or
    of ``super().__init__`` in the class.
    """
    names = {error_type.__name__ for error_type in error_types()}
    found: dict[str, dict[str, None]] = {}
    for source in sources:
        for scope in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(scope, ast.FunctionDef):
                for call in _calls_in(scope):
                    if _name_called(call) in names:
                        found.setdefault(_name_called(call), {}).update(_keywords(call, scope, source))
            elif isinstance(scope, ast.ClassDef) and scope.name in names:
                for method in filter(lambda part: isinstance(part, ast.FunctionDef), scope.body):
                    assert isinstance(method, ast.FunctionDef)
                    for call in _calls_in(method):
                        if ast.unparse(call.func) == "super().__init__":
                            found.setdefault(scope.name, {}).update(_keywords(call, method, source))
    return {name: list(members) for name, members in found.items()}


def _calls_in(scope: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(scope) if isinstance(node, ast.Call))


def _name_called(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def _keywords(call: ast.Call, scope: ast.FunctionDef, source: Path) -> dict[str, None]:
    """Return the names of a call's keyword arguments, including ``**`` of a dictionary that the same function
    creates.
    """
    named: dict[str, None] = {}
    for keyword in call.keywords:
        if keyword.arg is not None:
            named[keyword.arg] = None
            continue
        spread = ast.unparse(keyword.value)
        for node in ast.walk(scope):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == spread:
                assert isinstance(node.value, ast.Dict), f"{source.name}: {spread} is no dict literal"
                named |= {str(key.value): None for key in node.value.keys if isinstance(key, ast.Constant)}
                break
        else:
            raise MissingDescription(
                f"{source.name}:{call.lineno}: the function does not define the members of **{spread}"
            )
    return named


def product_sources() -> list[Path]:
    """Return the modules of the shared library and of the services."""
    services = ROOT / "services"
    return sorted([*LIBRARY.glob("*.py"), *services.glob("*/app.py"), *services.glob("*/chalicelib/**/*.py")])


MEMBERS = members_of_problems(product_sources())


# The servers in front of the services


def _rows_of_servers() -> list[list[str]]:
    refused = dict(CODES) | {
        int(status): str(code) for status, code in _refusals_of_gateway(GATEWAY.read_text(encoding="utf-8"))
    }
    return [[f"`{code}`", str(status), HTTPStatus(status).phrase] for status, code in sorted(refused.items())]


def _refusals_of_gateway(source: str) -> Iterator[tuple[Any, Any]]:
    for call in _calls_in(ast.parse(source)):
        if ast.unparse(call.func) == "_problem":
            yield ast.literal_eval(call.args[0]), ast.literal_eval(call.args[1])


# Limits


def limits_in_module(module: Path) -> list[Limit]:
    """Return all numbers of a module of `LIMIT_MODULES`."""
    return limits_in(module.read_text(encoding="utf-8"), module.name, ANY_NAME)


def limits_in_other_modules() -> list[Limit]:
    """Return the limits that other modules define for their own use.

    Raises
    ------
    MissingDescription
        If some have no docstring below them; the message names all of them.
    """
    found: list[Limit] = []
    missing = []
    for source in [*product_sources(), GATEWAY]:
        if source in LIMIT_MODULES:
            continue
        try:
            found += limits_in(source.read_text(encoding="utf-8"), _shown_path(source), LIMIT_NAME)
        except MissingDescription as error:
            missing.append(str(error))
    if missing:
        raise MissingDescription("\n".join(["limits without a docstring below them:", *missing]))
    return found


def limits_in(source: str, module: str, names: re.Pattern[str]) -> list[Limit]:
    """Return the numbers among a module's constants whose names match.

    Raises
    ------
    MissingDescription
        If one has no docstring below it.
    """
    body = ast.parse(source).body
    found: list[Limit] = []
    undescribed = []
    for position, node in enumerate(body):
        name, value = _constant(node)
        if name is None or value is None or not names.fullmatch(name):
            continue
        below = body[position + 1] if position + 1 < len(body) else None
        if (
            isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
            and isinstance(below.value.value, str)
        ):
            unit = next((word.lower() for word in reversed(name.split("_")) if word in PLURALS), "")
            description = " ".join(below.value.value.replace("``", "`").split())
            found.append(Limit(name.lstrip("_"), value, unit, description, module))
        else:
            undescribed.append(name)
    if undescribed:
        raise MissingDescription(f"{module}: {', '.join(undescribed)}")
    return found


def _constant(node: ast.stmt) -> tuple[str | None, int | float | Decimal | None]:
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        return node.target.id, _number(node.value)
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id, _number(node.value)
    return None, None


def _number(node: ast.expr) -> int | float | Decimal | None:
    """Return the value of a number, a product, a Decimal or a limit of the API; None for anything else."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return value
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            factors = _number(left), _number(right)
            return None if None in factors else factors[0] * factors[1]  # type: ignore[operator]
        case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=str() as digits)]):
            return Decimal(digits)
        case ast.Name(id=name) if name in api_limits.__all__:
            return getattr(api_limits, name)  # type: ignore[no-any-return]
        case _:
            return None


def _shown_path(source: Path) -> str:
    if source.parent == LIBRARY:
        return source.name
    return source.relative_to(ROOT).as_posix().removeprefix("services/")


def _row_of_limit(limit: Limit) -> list[str]:
    return [f"`{limit.name}`", limit.shown, limit.description]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    REFERENCE.write_text(render(), encoding="utf-8")
