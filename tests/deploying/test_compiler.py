"""Sources in a zip: the lines that tracebacks show, without the texts that they do not."""

from __future__ import annotations

import ast
import linecache
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest

from deploy.compiler import without_texts
from deploy.services import REPOSITORY_ROOT

SOURCES = sorted(
    path
    for folder in ("libs/common/inventory_common", "services/stock", "services/audit", "services/catalog")
    for path in (REPOSITORY_ROOT / folder).rglob("*.py")
    if "tests" not in path.parts
)

MODULE = b'''"""A docstring of two lines,
the second of which is here."""

# A comment.
LIMIT = 1  # stays
"""What it bounds, in caf\xc3\xa9s."""


class Empty:
    """Nothing else."""


def one_line(): "a docstring"


def function() -> str:
    # Why.
    """No docstring: a comment is before it, but a text nevertheless."""; other = 1
    text = """# no comment
    """
    return text * other
'''


def test_texts_are_blank_and_every_other_line_stays_where_it_is() -> None:
    lines = without_texts(MODULE).decode().splitlines()
    before = MODULE.decode().splitlines()
    assert len(lines) == len(before)
    changed = {number: line for number, line in enumerate(lines, start=1) if line != before[number - 1]}
    assert changed == {
        1: '"-"',
        2: "",
        4: "",
        6: '"-"',
        10: '    "-"',
        17: "",
        18: '    "-"; other = 1',
    }


def test_the_sources_are_found() -> None:
    assert len(SOURCES) > 100


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(REPOSITORY_ROOT)))
def test_a_module_without_texts_has_the_same_code_on_the_same_lines(path: Path) -> None:
    source = path.read_bytes()
    shorter = without_texts(source)
    assert len(shorter) <= len(source)
    assert places(shorter) == places(source)
    assert shown(source) == shown(shorter)


def places(source: bytes) -> list[tuple[str, list[int | None]]]:
    """Return each function, and the lines of its instructions."""

    def codes(code: CodeType) -> Iterator[CodeType]:
        yield code
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                yield from codes(constant)

    compiled = compile(source, "module", "exec", dont_inherit=True, optimize=2)
    return [(code.co_qualname, [line for _, _, line in code.co_lines()]) for code in codes(compiled)]


def shown(source: bytes) -> list[str]:
    """Return the lines of all statements, which a traceback may show."""
    lines = source.decode().splitlines()
    nodes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt))
    return [
        line
        for node in nodes
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for line in lines[node.lineno - 1 : node.lineno]
    ]


def test_a_traceback_shows_the_line(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_bytes(
        without_texts(b'"""Doc."""\n\n\ndef fail():\n    """Doc."""\n    raise ValueError("no")\n')
    )
    linecache.checkcache()
    names: dict[str, object] = {}
    exec(compile(path.read_bytes(), str(path), "exec"), names)
    with pytest.raises(ValueError, match="no") as raised:
        names["fail"]()  # type: ignore[operator]
    assert traceback.extract_tb(raised.value.__traceback__)[-1].line == 'raise ValueError("no")'
