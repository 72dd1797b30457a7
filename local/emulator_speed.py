"""Makes the embedded AWS faster without changing what it answers.

ministack parses an expression anew for each item that it compares with it, character by character, and copies
items by `copy.deepcopy`: most of its time in a shop of thousands of SKUs.  What is parsed depends on the
expression's text alone, so it is cached here; and items consist of JSON's types alone, which are copied
directly.  The version of ministack is pinned exactly, and a test compares the results with those of the
original functions.
"""

from __future__ import annotations

import copy
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

CACHED_EXPRESSIONS = 4_096

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
    dynamodb.copy = SimpleNamespace(**{**vars(copy), "deepcopy": copied})


def copied(value: Any) -> Any:
    """Return a deep copy, as `copy.deepcopy` does; of JSON's types, in a tenth of the time."""
    kind = type(value)
    if kind is dict:
        return {name: copied(member) for name, member in value.items()}
    if kind is list:
        return [copied(member) for member in value]
    return value if kind in _SCALARS else copy.deepcopy(value)
