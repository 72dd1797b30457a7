"""What it costs to declare a class of values, and to make one, beside what `dataclasses` does.

Run: ``python -m tests.benchmarks.values``.  Every figure is CPU time over that of
``@dataclass(frozen=True, slots=True)`` with the same members, in turns.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "libs" / "common"))

from inventory_common.values import value
from tests.benchmarks.performance.cpu import ratio_of_cpu

MEMBERS = {f"member_{number}": str for number in range(10)}
VALUES = ["x"] * len(MEMBERS)


def declared(decorate: Callable[[type], Any]) -> Any:
    """Declare a class."""
    return decorate(type("Declared", (), {"__annotations__": dict(MEMBERS), "__doc__": "Of no meaning."}))


def named_tuple() -> Any:
    """Declare a named tuple."""
    return NamedTuple("Declared", list(MEMBERS.items()))


def main() -> None:
    """Print the ratios."""
    frozen = partial(declared, dataclass(frozen=True, slots=True))
    ways: dict[str, Callable[[], Any]] = {
        "value": partial(declared, value),
        "dataclass(slots=True)": partial(declared, dataclass(slots=True)),
        "NamedTuple": named_tuple,
    }
    for name, declare in ways.items():
        declaring = ratio_of_cpu(declare, frozen)
        making = ratio_of_cpu(partial(declare(), *VALUES), partial(frozen(), *VALUES))
        print(f"{name:22} to declare {declaring:.2f}, to make one {making:.2f}")


if __name__ == "__main__":
    main()
