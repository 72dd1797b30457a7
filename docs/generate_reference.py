"""``python -m docs.generate_reference``: writes `docs/reference.md`, all codes and limits, from the code.

What stands there is said once, in the code: when an error is answered, in the first sentence of its class's
docstring; what a limit bounds, in the docstring below its constant.  A limit without one is refused.
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
from inventory_common.errors import (
    InsufficientStock,
    InvalidInput,
    InventoryError,
    MethodNotAllowed,
)
from inventory_common.ids import PATTERNS
from inventory_common.problems import headers_of, problem_document, status_of
from local.server import CODES

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference.md"
LIBRARY = ROOT / "libs" / "common" / "inventory_common"
GATEWAY = ROOT / "local" / "gateway.py"

LIMIT_NAME = re.compile(r"_?[A-Z]\w*_(?:(?:MAX|MIN)(?:_[A-Z]+)?|SECONDS|BYTES|CHARACTERS|ITEMS|ATTEMPTS)")
"""How a constant is called that is a limit, wherever it stands; in `limits` all are."""
ANY_NAME = re.compile(r"[A-Z].*")

PLURALS = {"BYTES", "CHARACTERS", "ITEMS", "SECONDS"}
PERIODS = {86_400: "day", 3_600: "hour", 60: "minute"}

INTRODUCTION = """\
# Codes, limits and forms

Written from the code by `make reference`; a test fails where the two differ.  Change the code.
"""

ABOUT_CODES = """\
## Codes

Every refusal is a problem document (RFC 9457, `application/problem+json`) with the members {members},
and those that its row names.  Branch on `code`: it stays, while sentences may change.
"""

ABOUT_SERVERS = """\
What never reaches a service is refused by what stands before it.  Locally that is the HTTP server, with
problem documents whose `type` is `about:blank` and whose `code` is one of these; on AWS it is API Gateway,
with problem documents too, whose codes are in `terraform/modules/service/problems.tf`.
"""

ABOUT_LIMITS = """\
## Limits

A request that holds more than a limit allows is refused, never cut short.
"""

ABOUT_IDS = """\
## Forms of ids

The whole id must match.
"""


class MissingDescription(Exception):
    """The code leaves out what the reference has to tell."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A constant that bounds something.

    Attributes
    ----------
    unit
        In the plural; empty for a plain count.
    bounds
        What it bounds, in the words of its docstring.
    """

    name: str
    value: int | float | Decimal
    unit: str
    bounds: str
    place: str

    @property
    def shown(self) -> str:
        """The value with its unit, e.g. ``86,400 seconds (1 day)``."""
        value = int(self.value) if self.value == int(self.value) else self.value
        return f"{value:,} {self.unit}".rstrip() + self._in_larger_units()

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
    return "\n".join(
        [
            INTRODUCTION,
            ABOUT_CODES.format(members=_listed(_members_of_every_document())),
            table(["Code", "Status", "Title", "When", "Members", "Headers"], map(_row_of_code, outcomes())),
            ABOUT_SERVERS,
            table(["Code", "Status", "Title"], _rows_of_servers()),
            ABOUT_LIMITS,
            table(["Name", "Value", "What it bounds", "Where it stands"], map(_row_of_limit, limits())),
            ABOUT_IDS,
            table(["Attribute", "Pattern"], ([f"`{name}`", f"`{form}`"] for name, form in PATTERNS.items())),
        ]
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table, with a line break at its end."""
    lines = []
    for cells in [heads, ["---"] * len(heads), *rows]:
        escaped = [cell.replace("|", "\\|") for cell in cells]
        lines.append(f"| {' | '.join(escaped)} |\n")
    return "".join(lines)


# Codes


def outcomes() -> list[type[InventoryError]]:
    """Return every outcome that has a code, by status and code."""
    kinds = [kind for name in errors.__all__ if (kind := getattr(errors, name)).code]
    return sorted(kinds, key=lambda kind: (status_of(kind), kind.code))


def _row_of_code(kind: type[InventoryError]) -> list[str]:
    headers = [f"`{name}: {value}`" for name, value in headers_of(_specimen(kind)).items()]
    return [
        f"`{kind.code}`",
        str(status_of(kind)),
        kind.title,
        first_sentence(kind),
        _listed(MEMBERS.get(kind.__name__, ())),
        ", ".join(headers),
    ]


def first_sentence(kind: type[InventoryError]) -> str:
    """Return the first sentence of a class's own docstring, on one line."""
    if not kind.__doc__:
        raise MissingDescription(f"{kind.__name__} has no docstring that says when it is answered")
    paragraph = " ".join(inspect.cleandoc(kind.__doc__).partition("\n\n")[0].split())
    return re.split(r"(?<=[.])\s+(?=[A-Z])", paragraph)[0]


def _specimen(kind: type[InventoryError]) -> InventoryError:
    line = {"product_id": "PROD-E4F9A", "sku": "SKU-PROD-E4F9A-A", "asked": 2, "available": 1}
    if kind is MethodNotAllowed:
        return MethodNotAllowed("PUT", ["…"])
    if kind is InvalidInput:
        return InvalidInput([])
    return InsufficientStock([line]) if kind is InsufficientStock else kind("")


def _members_of_every_document() -> list[str]:
    return list(problem_document(errors.Busy(""), ""))


def members_of_outcomes(sources: Iterable[Path]) -> Mapping[str, Sequence[str]]:
    """Return, by an outcome's class name, the further members that the code gives its documents.

    Found where errors are made: the keywords of a call of the class, or of ``super().__init__`` in it.
    """
    names = {kind.__name__ for kind in outcomes()}
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
    """Return the names of a call's keywords, those of a dictionary made in the same function included."""
    named: dict[str, None] = {}
    for keyword in call.keywords:
        if keyword.arg is not None:
            named[keyword.arg] = None
            continue
        spread = ast.unparse(keyword.value)
        for node in ast.walk(scope):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == spread:
                assert isinstance(node.value, ast.Dict), f"{source.name}: {spread} is no plain dictionary"
                named |= {str(key.value): None for key in node.value.keys if isinstance(key, ast.Constant)}
                break
        else:
            raise MissingDescription(
                f"{source.name}:{call.lineno}: nothing here tells which members **{spread} has"
            )
    return named


def product_sources() -> list[Path]:
    """Return the modules of the library and of the services."""
    services = ROOT / "services"
    return sorted([*LIBRARY.glob("*.py"), *services.glob("*/app.py"), *services.glob("*/chalicelib/*.py")])


MEMBERS = members_of_outcomes(product_sources())


# What stands before the services


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


def limits() -> list[Limit]:
    """Return every limit: first those of `limits`, then those that stand in the module they are about.

    Raises
    ------
    Unsaid
        If one has no docstring below it; the message names all that have none.
    """
    first = LIBRARY / "limits.py"
    others = [source for source in product_sources() if source != first]
    found: list[Limit] = []
    unsaid = []
    for source in [first, *others, GATEWAY]:
        names = ANY_NAME if source == first else LIMIT_NAME
        try:
            found += limits_in(source.read_text(encoding="utf-8"), _place(source), names)
        except MissingDescription as error:
            unsaid.append(str(error))
    if unsaid:
        raise MissingDescription(
            "\n".join(["say in a docstring below it what each of these bounds:", *unsaid])
        )
    return found


def limits_in(source: str, place: str, names: re.Pattern[str]) -> list[Limit]:
    """Return the numbers among a module's constants whose names match.

    Raises
    ------
    Unsaid
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
            word = name.rpartition("_")[2]
            unit = word.lower() if word in PLURALS else ""
            bounds = " ".join(below.value.value.replace("``", "`").split())
            found.append(Limit(name.lstrip("_"), value, unit, bounds, place))
        else:
            undescribed.append(name)
    if undescribed:
        raise MissingDescription(f"{place}: {', '.join(undescribed)}")
    return found


def _constant(node: ast.stmt) -> tuple[str | None, int | float | Decimal | None]:
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        return node.target.id, _number(node.value)
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id, _number(node.value)
    return None, None


def _number(node: ast.expr) -> int | float | Decimal | None:
    """Return the value of a number, a product of numbers or a Decimal; None for anything else."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return value
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            factors = _number(left), _number(right)
            return None if None in factors else factors[0] * factors[1]  # type: ignore[operator]
        case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=str() as digits)]):
            return Decimal(digits)
        case _:
            return None


def _place(source: Path) -> str:
    if source.parent == LIBRARY:
        return source.name
    return source.relative_to(ROOT).as_posix().removeprefix("services/")


def _row_of_limit(limit: Limit) -> list[str]:
    return [f"`{limit.name}`", limit.shown, limit.bounds, f"`{limit.place}`"]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    REFERENCE.write_text(render(), encoding="utf-8")
