"""A program that a Python of the target's version runs: it compiles all modules below a folder.

It takes three arguments: the folder, ``keep`` or ``remove`` (the sources), and the folder tracebacks show.
It imports the standard library alone.
"""

from __future__ import annotations

import ast
import compileall
import importlib.util
import io
import marshal
import py_compile
import sys
import tokenize
from pathlib import Path

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_NEVER_CHECKED_HASH = (0b01).to_bytes(4, "little")
"""The flags of bytecode that is never compared with its source (PEP 552)."""


def compile_and_remove(folder: Path, shown_folder: str) -> bool:
    """Write bytecode in the place of the sources, without docstrings and assertions."""
    done = compileall.compile_dir(
        folder,
        quiet=1,
        force=True,
        maxlevels=50,
        legacy=True,
        stripdir=str(folder),
        prependdir=shown_folder,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        optimize=2,
    )
    if done:
        for source in list(folder.rglob("*.py")):
            source.unlink()
    return bool(done)


def compile_and_keep(folder: Path, shown_folder: str) -> None:
    """Write bytecode beside the sources, without docstrings but with assertions: Python has no such option.

    The sources lose their texts too (`without_texts`).

    Raises
    ------
    SyntaxError
        If a module does not compile.
    """
    for path in sorted(folder.rglob("*.py")):
        source = path.read_bytes()
        shown = f"{shown_folder}/{path.relative_to(folder).as_posix()}"
        code = compile(_without_docstrings(ast.parse(source, shown)), shown, "exec", dont_inherit=True)
        compiled = Path(importlib.util.cache_from_source(str(path)))
        compiled.parent.mkdir(exist_ok=True)
        header = importlib.util.MAGIC_NUMBER + _NEVER_CHECKED_HASH + importlib.util.source_hash(source)
        compiled.write_bytes(header + marshal.dumps(code))
        path.write_bytes(without_texts(source))


def without_texts(source: bytes) -> bytes:
    """Return a module without docstrings, and without comments on lines of their own; no line moves.

    Tracebacks do not show them, and they are 60 KB of the stock service's zip.
    """
    lines = source.decode("utf-8").splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            _blank(lines, node)
    for number, text in _comments(source):
        if lines[number - 1].strip() == text:
            lines[number - 1] = "\n"
    return "".join(lines).encode("utf-8")


def _blank(lines: list[str], node: ast.Expr) -> None:
    """Leave a short text in the place of one, so that no body is empty."""
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    before = lines[first].encode()[: node.col_offset].decode()
    after = lines[last].encode()[node.end_col_offset :].decode()
    if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str) and not before.strip():
        lines[first : last + 1] = [f'{before}"-"\n'] + ["\n"] * (last - first)
        lines[last] = lines[last].rstrip("\n") + after


def _comments(source: bytes) -> list[tuple[int, str]]:
    tokens = tokenize.tokenize(io.BytesIO(source).readline)
    return [(token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT]


def _without_docstrings(module: ast.Module) -> ast.Module:
    for node in ast.walk(module):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            # Not removed: a dataclass without a docstring would compose one, at every start.
            docstring = node.body[0]
            assert isinstance(docstring, ast.Expr)
            docstring.value = ast.copy_location(ast.Constant("-"), docstring.value)
    return module


def main() -> int:
    """Return the exit code: 1 if a module does not compile."""
    folder, sources, shown_folder = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    if sources == "remove":
        return 0 if compile_and_remove(folder, shown_folder) else 1
    compile_and_keep(folder, shown_folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
