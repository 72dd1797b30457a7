"""The kinds of reasons for which rows are rejected, so that a summary can count them."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

__all__ = ["reason_kind"]

_VALUE: Final = re.compile(r", not .*", re.DOTALL)
"""What a wrong value is, at the end of an error."""
_CODE: Final = re.compile(r"([a-z]+(?:_[a-z]+)*): ")
_PARTICULARS: Final = re.compile(
    r"""
    '[^']*' | "[^"]*" | \b(?:PROD|SKU|VENDOR|ORDER|TXN)-[\w-]+ | (?<=line[ ])\d+ | \([^()]*\)
    """,
    re.VERBOSE,
)
"""Ids, line numbers, quoted texts and what is in brackets."""
_OF_ANOTHER_ROW: Final = re.compile(r"line \d+ of .*? is wrong: ", re.DOTALL)


def reason_kind(reason: str, columns: Collection[str]) -> str:
    """Return what a reason has in common with those of other rows: no values, ids and line numbers.

    Parameters
    ----------
    columns
        The columns of the import: another word before a colon is the code of a service's problem.
    """
    if _OF_ANOTHER_ROW.match(reason):
        return "another row that belongs to it is wrong"
    code = _CODE.match(reason)
    if code is not None and code.group(1) not in columns:
        return code.group(1)
    first = _VALUE.sub("", reason.partition("; ")[0])
    return _PARTICULARS.sub("…", first)
