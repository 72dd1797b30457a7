"""The report that the demo prints."""

from __future__ import annotations

import re


def printed_counts(output: str) -> dict[str, int]:
    """Return the rows of the table of what was read back: name to count."""
    table = output.split("The shop, read back")[1].split("Low on stock")[0]
    rows = re.findall(r"│[^│\n]*│ ([a-z_ ]+?) +│ +([\d,]+) │", table)
    return {name: int(count.replace(",", "")) for name, count in rows}
