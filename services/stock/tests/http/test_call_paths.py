"""The call paths that `docs/call-paths.md` shows are those that run, and enter one room after another."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from types import FrameType

import pytest
from front_door import Client

from ..shop import BLACK, PRODUCT, order_body

ROOT = Path(__file__).resolve().parents[4]
CHALICELIB = ROOT / "services" / "stock" / "chalicelib"
DECIDES, WRITES = "move_stock", "actions_of"

CallPath = list[tuple[str, str]]
"""Files of the service and functions in them, outermost first."""


def documented(title: str, part: str) -> CallPath:
    """Return the path that the page shows below a title."""
    page = (ROOT / "docs" / "call-paths.md").read_text(encoding="utf-8")
    section = page.split(f"\n## {title}\n")[1].split("\n## ")[0]
    table = section.split(f"\nThe {part}:\n")[1].split("\nThe ")[0]
    return re.findall(r"^\| `(\S+\.py)` \| `(\S+)` \|", table, re.MULTILINE)


def path_to(frame: FrameType | None) -> CallPath:
    """Return the service's own named functions on the stack."""
    path = []
    while frame is not None:
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(CHALICELIB) and not frame.f_code.co_name.startswith("<"):
            path.append((str(file.relative_to(CHALICELIB)), frame.f_code.co_qualname))
        frame = frame.f_back
    return path[::-1]


def rooms(path: CallPath) -> list[str]:
    """Return the rooms that a path passes, once for each time that it enters one."""
    return [room for room, _ in groupby(file.split("/")[0] for file, _ in path)]


@pytest.fixture
def paths() -> Iterator[dict[str, CallPath]]:
    """The path to the last call of each of the two functions."""
    found: dict[str, CallPath] = {}

    def profile(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_name in (DECIDES, WRITES):
            found[frame.f_code.co_name] = path_to(frame)

    sys.setprofile(profile)
    yield found
    sys.setprofile(None)


@pytest.mark.usefixtures("stocked")
def test_a_placed_order(shop: Client, orders: str, paths: dict[str, CallPath]) -> None:
    assert shop.put("/orders/ORDER-1", order_body((BLACK, 5)), orders).status == 201
    assert paths[DECIDES] == documented("A placed order", "decision")
    assert paths[WRITES] == documented("A placed order", "write")
    assert rooms(paths[DECIDES]) == ["http", "engine", "domain"]
    assert rooms(paths[WRITES]) == ["http", "engine", "storage"]


@pytest.mark.usefixtures("stocked")
def test_a_restock(shop: Client, vendor: str, paths: dict[str, CallPath]) -> None:
    address = f"/products/{PRODUCT}/skus/{BLACK}/restocks"
    assert shop.post(address, {"quantity": 5}, vendor, **{"Idempotency-Key": "delivery-1"}).status == 201
    assert paths[DECIDES] == documented("A restock", "decision")
    assert paths[WRITES] == documented("A restock", "write")
    assert rooms(paths[DECIDES]) == ["http", "engine", "domain"]
    assert rooms(paths[WRITES]) == ["http", "engine", "storage"]
