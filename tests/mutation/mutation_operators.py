"""The mutation operators: the changes of a rule that a test must notice.

Cosmic Ray's own operators change comparisons, arithmetic, numbers and constants.  They delete nothing: the
operators here remove statements, and replace conditions by True and False.  Each is a function from a node of
parso's tree to the texts that may replace it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any, Final

import parso
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.operators.provider import OperatorProvider
from parso.python.tree import Name

__all__ = ["Mutant", "mutants_of"]

# Those of Cosmic Ray's operators that matter for rules: not all ten that could replace a `+`.
CORE: Final = re.compile(
    r"ReplaceComparisonOperator_(Eq|NotEq|Lt|LtE|Gt|GtE)_(Eq|NotEq|Lt|LtE|Gt|GtE)"
    r"|ReplaceComparisonOperator_(Is_IsNot|IsNot_Is)"
    r"|ReplaceBinaryOperator_(Add_Sub|Sub_Add|Mul_Add|Pow_Mul|Mod_Add|BitOr_BitAnd)"
    r"|ReplaceUnaryOperator_(Delete_Not|USub_UAdd|UAdd_USub)"
    r"|ReplaceTrueWithFalse|ReplaceFalseWithTrue|ReplaceAndWithOr|ReplaceOrWithAnd"
    r"|ReplaceBreakWithContinue|ReplaceContinueWithBreak"
    r"|NumberReplacer|ZeroIterationForLoop"
)

Node = Any
Replacements = Iterable[str]
Span = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one change; `before` and `after` are the lines that differ, without indentation."""

    code: str
    within: str
    before: str
    after: str
    line: int


def mutants_of(source: str) -> list[Mutant]:
    """Return the mutants of a module, each text once, in the order of its lines."""
    not_mutated = list(_not_mutated(source))
    tree = get_ast(source)
    found: dict[str, Mutant] = {}
    for operator in _operators():
        spans = [span for node in ast_nodes(tree) for span in operator.mutation_positions(node)]
        for occurrence, span in enumerate(spans):
            if any(start <= span[0] and span[1] <= end for start, end in not_mutated):
                continue
            code = mutate_code(source, operator, occurrence)
            if code is not None and code != source and code not in found and _compiles(code):
                found[code] = _mutant(source, code, span[0][0])
    return sorted(found.values(), key=lambda mutant: (mutant.line, mutant.after))


def _operators() -> Iterator[Operator]:
    core = OperatorProvider()
    yield from (core[name]() for name in core if CORE.fullmatch(name))
    yield from (_TextOperator(replacements) for replacements in MUTATION_OPERATORS)


class _TextOperator(Operator):
    """A mutation operator that replaces a node by other texts."""

    def __init__(self, replacements: Callable[[Node], Replacements]) -> None:
        self._replacements = replacements

    def mutation_positions(self, node: Node) -> Iterator[Span]:
        for _ in self._replacements(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        text = list(self._replacements(node))[index]
        return Name(text, node.start_pos, prefix=node.get_first_leaf().prefix)

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


def _code(node: Node) -> str:
    return str(node.get_code()).strip()


def _follows(node: Node, *words: str) -> bool:
    before = node.get_previous_sibling() if node.parent is not None else None
    return before is not None and before.type == "keyword" and before.value in words


def without_statement(node: Node) -> Replacements:
    """Remove a statement of a function: a refusal, the call of a check, an early return."""
    if node.type == "simple_stmt" and parso.tree.search_ancestor(node, "funcdef"):
        kind = node.children[0].type
        if kind not in ("string", "strings", "import_name", "import_from") and _code(node) != "pass":
            yield "pass\n"


def decided_condition(node: Node) -> Replacements:
    """Replace a condition by True and by False."""
    if _follows(node, "if", "elif", "while"):
        yield from ("True", "False")


def other_exception(node: Node) -> Replacements:
    """Catch nothing.  Cosmic Ray's own fails on names with a dot."""
    if _follows(node, "except"):
        yield "()"


def without_operand(node: Node) -> Replacements:
    """Remove one operand of a conjunction or disjunction."""
    if node.type in ("and_test", "or_test"):
        operands = [_code(child) for child in node.children[::2]]
        word = f" {node.children[1].value} "
        for dropped in range(len(operands)):
            yield word.join(operands[:dropped] + operands[dropped + 1 :])


def other_membership(node: Node) -> Replacements:
    """Replace ``in`` by ``not in``, and the other way round."""
    if node.type == "comparison" and len(node.children) == 3:
        left, word, right = (_code(child) for child in node.children)
        other_word_of = {"in": "not in", "not in": "in"}.get(" ".join(word.split()))
        if other_word_of:
            yield f"{left} {other_word_of} {right}"


def without_member(node: Node) -> Replacements:
    """Remove one member of a display, or one named argument of a call."""
    if node.type == "arglist":
        for argument in node.children[::2]:
            named = argument.type == "argument" and _code(argument.children[0]) != "*"
            if named:
                yield ", ".join(_code(other) for other in node.children[::2] if other is not argument)
    elif node.type == "argument" and node.parent.type == "trailer" and len(node.children) == 3:
        yield ""
    elif node.type == "atom" and len(node.children) == 3:
        opening, inner, closing = (_code(child) for child in node.children)
        kind = node.children[1].type
        if kind in ("testlist_comp", "dictorsetmaker"):
            if {child.type for child in node.children[1].children} & {"comp_for", "sync_comp_for"}:
                return
            members = _members(node.children[1])
            for dropped in range(len(members)):
                rest = members[:dropped] + members[dropped + 1 :]
                comma = "," if opening == "(" and len(rest) == 1 else ""
                yield f"{opening}{', '.join(rest)}{comma}{closing}"
        elif opening == "[" and inner:
            yield "[]"
        elif opening == "{" and inner:
            yield "set()"


def _members(display: Node) -> list[str]:
    members, member = [], ""
    for child in display.children:
        if child.type == "operator" and child.value == ",":
            members.append(member.strip())
            member = ""
        else:
            member += child.get_code()
    return [*members, member.strip()] if member.strip() else members


_QUOTE: Final = re.compile(r"^([A-Za-z]*)(\"\"\"|'''|\"|')")


def other_text(node: Node) -> Replacements:
    """Change a name, a condition expression or a pattern."""
    if node.type in ("string", "fstring"):
        yield _QUOTE.sub(r"\1\2XX", node.get_code(include_prefix=False))


_BOUNDS: Final = re.compile(r"(?<=\{)(\d+)(?=[,}])|(?<=,)(\d+)(?=\})")
_RANGE: Final = re.compile(r"(?<=[\[\-A-Za-z0-9])(?:A-Z|a-z|0-9|A-H|P-T|V-Z|a-f|[A-Z]{2})(?=[^{}\"]*\])")
_REPEAT: Final = re.compile(r"(?<=[\])}])[+*]")


def other_pattern(node: Node) -> Replacements:
    """Let a regular expression match one character more or less, or without a range of characters."""
    if node.type not in ("string", "fstring"):
        return
    text = node.get_code(include_prefix=False)
    prefix = _QUOTE.match(text)
    if prefix is None or "r" not in prefix[1].lower():
        return
    for bound in _BOUNDS.finditer(text):
        for number in (int(bound[0]) - 1, int(bound[0]) + 1):
            yield text[: bound.start()] + str(number) + text[bound.end() :]
    for characters in _RANGE.finditer(text):
        yield text[: characters.start()] + text[characters.end() :]
    for repeat in _REPEAT.finditer(text):
        yield text[: repeat.start()] + text[repeat.end() :]
        yield text[: repeat.start()] + {"+": "*", "*": "+"}[repeat[0]] + text[repeat.end() :]


def other_word(node: Node) -> Replacements:
    """Swap any and all, min and max."""
    swapped = {"any": "all", "all": "any", "min": "max", "max": "min"}
    if node.type == "name" and node.value in swapped:
        following = node.get_next_leaf()
        if following is not None and following.value in ("(", ","):
            yield swapped[node.value]


MUTATION_OPERATORS: Final[tuple[Callable[[Node], Replacements], ...]] = (
    without_statement,
    decided_condition,
    other_exception,
    without_operand,
    other_membership,
    without_member,
    other_text,
    other_pattern,
    other_word,
)


def _not_mutated(source: str) -> Iterator[Span]:
    """Yield the spans without rules: types, decorators, docstrings, exported names, messages."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef():
                notes = [
                    node.returns,
                    *(
                        argument.annotation
                        for argument in ast.walk(node.args)
                        if isinstance(argument, ast.arg)
                    ),
                ]
                yield from (_span(note) for note in [*notes, *node.decorator_list] if note is not None)
            case ast.ClassDef():
                yield from map(_span, node.decorator_list)
            case ast.AnnAssign():
                yield _span(node.annotation)
            case ast.Assign(targets=[ast.Name(id="__all__")]):
                yield _span(node)
            case ast.Assign(value=ast.Subscript(value=ast.Name(id="Literal"))):
                yield _span(node)
            case ast.Expr(value=ast.Constant(value=str())):
                yield _span(node)
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                yield _span(node)
            case ast.Assert(msg=ast.expr() as message):
                yield _span(message)
            case ast.Raise():
                yield from (_span(text) for text in ast.walk(node) if _is_message(text))
            case _:
                pass


def _is_message(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr):
        return True
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value


def _span(node: Any) -> Span:
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)


def _compiles(code: str) -> bool:
    try:
        compile(code, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def _mutant(source: str, code: str, line: int) -> Mutant:
    changed = list(unified_diff(source.splitlines(), code.splitlines(), n=0, lineterm=""))[3:]
    lines = {sign: "\n".join(text[1:].strip() for text in changed if text[0] == sign) for sign in "-+"}
    return Mutant(code, _within(source, line), lines["-"], lines["+"], line)


def _within(source: str, line: int) -> str:
    """Return the dotted name of the innermost function or class around a line; empty for the module's own."""
    names = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    return ".".join(node.name for node in sorted(names, key=lambda node: node.lineno))
