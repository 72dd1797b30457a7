"""The reference says what the code says, and what it promises is tested."""

from __future__ import annotations

import difflib
import re
from decimal import Decimal
from pathlib import Path

import pytest

from docs import generate_reference
from docs.generate_reference import (
    ANY_NAME,
    GATEWAY,
    LIMIT_NAME,
    REFERENCE,
    ROOT,
    Limit,
    MissingDescription,
    first_sentence,
    limits,
    limits_in,
    members_of_outcomes,
    outcomes,
    render,
    table,
)
from inventory_common import errors
from inventory_common import limits as limits_of_the_library
from inventory_common.errors import InventoryError
from inventory_common.problems import status_of

STATE_CODES_ONLY = {"test_errors.py", "test_problems.py", Path(__file__).name}


def test_the_reference_says_what_the_code_says() -> None:
    written, due = REFERENCE.read_text(encoding="utf-8"), render()
    difference = difflib.unified_diff(
        written.splitlines(), due.splitlines(), "docs/reference.md", "what the code says", lineterm="", n=0
    )
    assert written == due, "run `make reference`:\n" + "\n".join(difference)


def test_every_outcome_is_in_it() -> None:
    leaves = {kind.code for name in errors.__all__ if (kind := getattr(errors, name)).code}
    assert {kind.code for kind in outcomes()} == leaves
    rendered = render()
    assert [code for code in leaves if f"\n| `{code}` | " not in rendered] == []


def test_every_limit_of_the_library_is_in_it() -> None:
    found = {limit.name: limit.value for limit in limits()}
    stated = {name: getattr(limits_of_the_library, name) for name in limits_of_the_library.__all__}
    assert stated.items() <= found.items()


@pytest.mark.parametrize("kind", outcomes(), ids=lambda kind: kind.code)
def test_every_code_is_answered_in_a_test(kind: type[InventoryError]) -> None:
    """Beside its status, or as what an answer's code is: a list of all codes provokes none."""
    provoked = re.compile(rf"(?:\bcode\b[^\n]*|\b{status_of(kind)},\s*)\"{kind.code}\"")
    tests = [*ROOT.glob("services/*/tests/test_*.py"), *ROOT.glob("libs/common/tests/test_*.py")]
    tests += [*ROOT.glob("tests/*/test_*.py"), *ROOT.glob("services/*/tests/route_table.py")]
    found = [
        test for test in tests if test.name not in STATE_CODES_ONLY and provoked.search(test.read_text())
    ]
    assert found, f"no test is answered {status_of(kind)} {kind.code}"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("LINES_MAX", 1_000, "1,000"),
        ("HOLD_SECONDS", 86_400, "86,400 seconds (1 day)"),
        ("HOLD_SECONDS", 2_592_000, "2,592,000 seconds (30 days)"),
        ("HOLD_SECONDS", 90, "90 seconds"),
        ("PAUSE_SECONDS", 0.5, "0.5 seconds"),
        ("WAIT_SECONDS", 10.0, "10 seconds"),
        ("BODY_BYTES", 1_048_576, "1,048,576 bytes (1 MiB)"),
        ("NOTES_BYTES", 300, "300 bytes"),
        ("PRICE_MAX", Decimal("9999999.99"), "9,999,999.99"),
    ],
)
def test_a_limit_is_shown_with_its_unit(name: str, value: float | Decimal, shown: str) -> None:
    written = f"Decimal('{value}')" if isinstance(value, Decimal) else repr(value)
    [limit] = limits_in(f'{name} = {written}\n"""It bounds."""\n', "shop.py", ANY_NAME)
    assert limit.shown == shown
    assert (limit.name, limit.bounds, limit.place) == (name, "It bounds.", "shop.py")


def test_what_a_limit_bounds_stands_below_it() -> None:
    source = 'A_MAX: Final = 10 * 1024\n"""What ``a``\nbounds."""\nB_MAX: Final = "none"\nC = 3\n'
    assert limits_in(source, "shop.py", LIMIT_NAME) == [
        Limit("A_MAX", 10_240, "", "What `a` bounds.", "shop.py")
    ]


def test_a_limit_that_does_not_say_what_it_bounds_is_refused() -> None:
    source = 'A_MAX: Final = 1\n"""It bounds."""\n_B_SECONDS: Final = 2\n# no docstring\nC_MAX_BYTES = 3\n'
    with pytest.raises(MissingDescription, match=r"^shop\.py: _B_SECONDS, C_MAX_BYTES$"):
        limits_in(source, "shop.py", LIMIT_NAME)


def test_all_that_is_unsaid_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = [tmp_path / "limits.py", tmp_path / "pages.py"]
    for number, source in enumerate(sources):
        source.write_text(f"L{number}_MAX = 1\n")
    monkeypatch.setattr(generate_reference, "LIBRARY", tmp_path)
    monkeypatch.setattr(generate_reference, "product_sources", lambda: sources)
    with pytest.raises(MissingDescription, match=r"limits\.py: L0_MAX\npages\.py: L1_MAX"):
        limits()


@pytest.mark.parametrize(
    "name", ["PAGE_MAX_ITEMS", "_WAIT_SECONDS", "TAGS_MAX", "_PAYLOAD_LIMIT_BYTES", "HOLD_MIN_SECONDS"]
)
def test_a_limit_is_known_by_its_name(name: str) -> None:
    assert LIMIT_NAME.fullmatch(name)


@pytest.mark.parametrize("name", ["_OPEN_ORDERS_SHARDS", "_NO_SKU", "NAME", "max_items", "MAXIMUM"])
def test_what_is_no_limit_is_known_by_its_name(name: str) -> None:
    assert not LIMIT_NAME.fullmatch(name)


def test_the_gateway_s_limits_are_told_too() -> None:
    assert {"PAYLOAD_LIMIT_BYTES", "TIMEOUT_SECONDS"} <= {
        limit.name for limit in limits_in(GATEWAY.read_text(encoding="utf-8"), "gateway.py", LIMIT_NAME)
    }
    assert "| `bad_gateway` | 502 | Bad Gateway |" in render()


def test_further_members_are_found_where_errors_are_made(tmp_path: Path) -> None:
    source = tmp_path / "rules.py"
    source.write_text(
        "def one(sku):\n    raise SkuInactive('No.', product_id=1, sku=sku)\n"
        "def two(sku):\n    raise errors.SkuInactive('No.', version=2)\n"
        "def three():\n    figures = {'stock': 1, 'limit': 2}\n    raise CountStale('No.', **figures)\n"
        "class InsufficientStock:\n    def __init__(self):\n        super().__init__('No.', lines=[])\n"
        "def four():\n    return Unheard('No.', of=1)\n"
    )
    assert members_of_outcomes([source]) == {
        "SkuInactive": ["product_id", "sku", "version"],
        "CountStale": ["stock", "limit"],
        "InsufficientStock": ["lines"],
    }


def test_members_that_nobody_can_know_are_refused(tmp_path: Path) -> None:
    source = tmp_path / "rules.py"
    source.write_text("def one(figures):\n    raise CountStale('No.', **figures)\n")
    with pytest.raises(
        MissingDescription, match=r"rules\.py:2: nothing here tells which members \*\*figures has"
    ):
        members_of_outcomes([source])


def test_an_outcome_says_when_it_is_answered() -> None:
    class Wordy(InventoryError):
        """It is over,
        e.g. at 2.5 units. And more.

        Parameters
        ----------
        """

    class Silent(InventoryError):
        pass

    assert first_sentence(Wordy) == "It is over, e.g. at 2.5 units."
    with pytest.raises(MissingDescription, match="Silent"):
        first_sentence(Silent)


def test_a_table_bears_what_would_end_a_cell() -> None:
    assert table(["A"], [["a|b"]]) == "| A |\n| --- |\n| a\\|b |\n"
