"""Makes the embedded AWS faster without changing what it answers.

ministack parses an expression anew for each item that it compares with it, character by character, and copies
items by `copy.deepcopy`: most of its time in a shop of thousands of SKUs.  What is parsed depends on the
expression's text alone, so it is cached here; and items consist of JSON's types alone, which are copied
directly.  The version of ministack is pinned exactly, and a test compares the results with those of the
original functions.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, TypeVar

CACHED_EXPRESSIONS = 4_096

Item = dict[str, Any]
T = TypeVar("T")

_EQUALITY = re.compile(r"\s*(#?[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(:[A-Za-z0-9_]+)\s*")
_CONTAINERS = ("M", "L")
_SCALARS = frozenset({str, int, float, bool, type(None), bytes})


def speed_up(dynamodb: Any) -> None:
    """Replace functions of ministack's DynamoDB, a module, by faster ones that return the same."""
    tokenize = dynamodb._tokenize
    check_parentheses, check_keywords = (
        dynamodb._check_redundant_parens,
        dynamodb._check_reserved_keyword_usage,
    )
    tokens_of = lru_cache(CACHED_EXPRESSIONS)(lambda expression: tuple(tokenize(expression)))
    parentheses_of = lru_cache(CACHED_EXPRESSIONS)(check_parentheses)
    keywords_of = lru_cache(CACHED_EXPRESSIONS)(check_keywords)
    # Its callers slice and concatenate tokens as lists.
    dynamodb._tokenize = lambda expression: list(tokens_of(expression))
    dynamodb._check_redundant_parens = lambda tokens, slot="ConditionExpression": parentheses_of(
        tuple(tokens), slot
    )
    dynamodb._check_reserved_keyword_usage = lambda tokens: keywords_of(tuple(tokens))
    dynamodb._condition_syntax_error = lru_cache(CACHED_EXPRESSIONS)(dynamodb._condition_syntax_error)
    dynamodb._evaluate_condition = _with_equality(dynamodb._evaluate_condition)
    dynamodb._item_size_bytes = _with_flat_items(dynamodb._item_size_bytes, dynamodb._number_size_bytes)
    dynamodb._nesting_level = _with_scalars(dynamodb._nesting_level, lambda depth: depth)
    dynamodb._nesting_exceeded = _with_scalars(
        dynamodb._nesting_exceeded, lambda depth: depth > dynamodb._DDB_MAX_NESTING_DEPTH
    )
    dynamodb.copy = SimpleNamespace(**{**vars(copy), "deepcopy": copied})


def _with_equality(evaluate: Callable[..., bool]) -> Callable[..., bool]:
    """Return the evaluation of a condition that compares a key with one value at once.

    A Query evaluates its key condition for every item of the partition, which is equal in all of them.
    """
    accepted: set[tuple[str, str]] = set()

    def evaluated(
        expression: str, item: Item, values: Item, names: Item, slot: str = "ConditionExpression"
    ) -> bool:
        if (slot, expression) in accepted and (parts := _EQUALITY.fullmatch(expression)) is not None:
            attribute, value = parts.group(1), parts.group(2)
            wanted = (values or {}).get(value)
            name = str((names or {}).get(attribute, attribute))
            if wanted is not None and item.get(name) == wanted:
                return True
        result = evaluate(expression, item, values, names, slot)
        if result and len(accepted) < CACHED_EXPRESSIONS and _EQUALITY.fullmatch(expression or ""):
            accepted.add((slot, expression))  # it has no error
        return result

    return evaluated


def _with_flat_items(
    size_of: Callable[[Item], int], size_of_number: Callable[[str], int]
) -> Callable[[Item], int]:
    """Return the size of an item, fast for texts and numbers: a transaction asks for each several times."""
    size_of_text = lru_cache(CACHED_EXPRESSIONS)(size_of_number)

    def size(item: Item) -> int:
        if type(item) is not dict:
            return size_of(item)
        total = 0
        for name, attribute in item.items():
            if type(attribute) is dict and len(attribute) == 1 and name.isascii():
                [(kind, value)] = attribute.items()
                if type(value) is str and kind == "N":
                    total += len(name) + size_of_text(value)
                    continue
                if type(value) is str and kind == "S" and value.isascii():
                    total += len(name) + len(value)
                    continue
            total += size_of({name: attribute})
        return total

    return size


def _with_scalars(nesting: Callable[..., T], of_scalar: Callable[[int], T]) -> Callable[..., T]:
    """Return a function of a value's nesting that knows at once that of a text or number."""

    def of(value: Any, depth: int = 1) -> T:
        if type(value) is dict and len(value) == 1 and next(iter(value)) not in _CONTAINERS:
            return of_scalar(depth)
        return nesting(value, depth)

    return of


def copied(value: Any) -> Any:
    """Return a deep copy, as `copy.deepcopy` does; of JSON's types, in a tenth of the time."""
    kind = type(value)
    if kind is dict:
        return {name: copied(member) for name, member in value.items()}
    if kind is list:
        return [copied(member) for member in value]
    return value if kind in _SCALARS else copy.deepcopy(value)
