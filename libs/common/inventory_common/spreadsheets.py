"""Texts in CSV files that spreadsheets open: none is evaluated as a formula, and each reads back exactly.

A spreadsheet evaluates a cell that begins with ``=``, ``+``, ``-`` or ``@``.  With an apostrophe before it,
it is a text.  A spreadsheet that separates columns by ``;`` splits the lines of a comma-separated file at the
semicolons and line breaks within its texts, quoted or not: each part gets the same apostrophe.

=================  ====================  ==========================================================
value              cell                  rule
=================  ====================  ==========================================================
``=A1``            ``'=A1``              one apostrophe before a part that would be evaluated
``Tea;-3``         ``Tea;'-3``           a part begins after ``;``, a tab or a line break too
``'=A1``           ``''=A1``             a part that has such an apostrophe itself gets one more
``'tis``           ``'tis``              an apostrophe before anything else is left alone
=================  ====================  ==========================================================

Reading removes one apostrophe at each of these places (`original`), so that nothing is ambiguous.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["neutralized", "original", "unambiguous"]

# What begins a formula, some after a conversion to half width; quotes at the beginning of a part are skipped.
_BEGINS_FORMULA: Final = r"""(?=['"]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])"""
_PART: Final = r"(?:\A|(?<=[;\t\r\n]))"
_EVALUATED: Final = re.compile(_PART + _BEGINS_FORMULA)
_NEUTRALIZED: Final = re.compile(_PART + "'" + _BEGINS_FORMULA)


def neutralized(text: str) -> str:
    """Return a text that no spreadsheet evaluates, whether it separates columns by ``,`` or ``;``."""
    return _EVALUATED.sub("'", text)


def original(cell: str) -> str:
    """Return the text that `neutralized` or `unambiguous` made a cell of."""
    return _NEUTRALIZED.sub("", cell)


def unambiguous(text: str) -> str:
    """Return a text as it is, unless `original` would remove an apostrophe of its own: that gets one more."""
    return _NEUTRALIZED.sub("''", text)
