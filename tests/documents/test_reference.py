"""The reference is what the code generates, and tests provoke what it promises."""

from __future__ import annotations

import difflib
import re
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest

from inventory_common import dynamodb_limits, errors, tuning
from inventory_common import limits as api_limits
from inventory_common.errors import InventoryError
from inventory_common.problems import status_of
from tools import reference
from tools.reference import (
    ANY_NAME,
    GATEWAY,
    LIBRARY,
    LIMIT_MODULES,
    LIMIT_NAME,
    REFERENCE,
    ROOT,
    Limit,
    MissingDescription,
    error_types,
    first_sentence,
    limits_in,
    limits_in_module,
    limits_in_other_modules,
    members_of_problems,
    render,
    table,
)

STATE_CODES_ONLY = {"test_errors.py", "test_problems.py", Path(__file__).name}


def test_the_reference_is_what_the_code_generates() -> None:
    written, due = REFERENCE.read_text(encoding="utf-8"), render()
    difference = difflib.unified_diff(
        written.splitlines(),
        due.splitlines(),
        "docs/reference.md",
        "generated from the code",
        lineterm="",
        n=0,
    )
    assert written == due, "run `make reference`:\n" + "\n".join(difference)


def test_every_code_is_in_it() -> None:
    leaves = {kind.code for name in errors.__all__ if (kind := getattr(errors, name)).code}
    assert {kind.code for kind in error_types()} == leaves
    rendered = render()
    assert [code for code in leaves if f"\n| `{code}` | " not in rendered] == []


@pytest.mark.parametrize(
    ("path", "module"), list(zip(LIMIT_MODULES, (api_limits, dynamodb_limits, tuning), strict=True))
)
def test_every_limit_of_the_library_is_in_it(path: Path, module: ModuleType) -> None:
    assert path == LIBRARY / Path(str(module.__file__)).name
    found = {limit.name: limit.value for limit in limits_in_module(path)}
    assert found == {name: getattr(module, name) for name in module.__all__}


def test_the_limits_of_the_api_have_a_table_of_their_own() -> None:
    public, settings = render().split("\n## Settings of the services\n")
    for limit in limits_in_module(LIMIT_MODULES[0]):
        assert f"| `{limit.name}` | {limit.shown} |" in public
    others = [limit for module in LIMIT_MODULES[1:] for limit in limits_in_module(module)]
    for limit in [*others, *limits_in_other_modules()]:
        assert f"| `{limit.name}` | {limit.shown} |" in settings


@pytest.mark.parametrize("kind", error_types(), ids=lambda kind: kind.code)
def test_a_test_provokes_every_code(kind: type[InventoryError]) -> None:
    """Beside its status, or compared with a response's code: a list of all codes provokes none."""
    status = status_of(kind)
    provoked = re.compile(rf"(?:\bcode\b[^\n]*|\b{status},\s*)\"{kind.code}\"|\"{status} {kind.code}\"")
    tests = [*ROOT.glob("services/*/tests/**/test_*.py"), *ROOT.glob("libs/common/tests/**/test_*.py")]
    tests += [*ROOT.glob("tests/*/test_*.py"), *ROOT.glob("services/*/tests/route_table.py")]
    found = [
        test for test in tests if test.name not in STATE_CODES_ONLY and provoked.search(test.read_text())
    ]
    assert found, f"no test provokes {status_of(kind)} {kind.code}"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("LINES_MAX", 1_000, "1,000"),
        ("HOLD_SECONDS", 86_400, "86,400 seconds (1 day)"),
        ("HOLD_SECONDS", 2_592_000, "2,592,000 seconds (30 days)"),
        ("HOLD_SECONDS", 90, "90 seconds"),
        ("PAUSE_SECONDS", 0.5, "0.5 seconds"),
        ("LEASE_SECONDS", 1, "1 second"),
        ("WAIT_SECONDS", 10.0, "10 seconds"),
        ("BODY_BYTES", 1_048_576, "1,048,576 bytes (1 MiB)"),
        ("NOTES_BYTES", 300, "300 bytes"),
        ("NOTES_BYTES_MAX", 300, "300 bytes"),
        ("PRICE_MAX", Decimal("9999999.99"), "9,999,999.99"),
    ],
)
def test_a_limit_is_shown_with_its_unit(name: str, value: float | Decimal, shown: str) -> None:
    written = f"Decimal('{value}')" if isinstance(value, Decimal) else repr(value)
    [limit] = limits_in(f'{name} = {written}\n"""It bounds."""\n', "shop.py", ANY_NAME)
    assert limit.shown == shown
    assert (limit.name, limit.description, limit.module) == (name, "It bounds.", "shop.py")


def test_the_docstring_below_a_limit_describes_it() -> None:
    source = 'A_MAX: Final = 10 * 1024\n"""What ``a``\nbounds."""\nB_MAX: Final = "none"\nC = 3\n'
    assert limits_in(source, "shop.py", LIMIT_NAME) == [
        Limit("A_MAX", 10_240, "", "What `a` bounds.", "shop.py")
    ]


def test_a_limit_may_be_a_limit_of_the_api_under_another_name() -> None:
    [limit] = limits_in(
        'A_MAX: Final = PAGE_MAX_ITEMS\n"""It bounds."""\nB_MAX: Final = other\n', "a.py", ANY_NAME
    )
    assert limit.value == api_limits.PAGE_MAX_ITEMS


def test_a_limit_without_a_docstring_is_an_error() -> None:
    source = 'A_MAX: Final = 1\n"""It bounds."""\n_B_SECONDS: Final = 2\n# no docstring\nC_MAX_BYTES = 3\n'
    with pytest.raises(MissingDescription, match=r"^shop\.py: _B_SECONDS, C_MAX_BYTES$"):
        limits_in(source, "shop.py", LIMIT_NAME)


def test_all_limits_without_a_docstring_are_reported_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = [tmp_path / "cursors.py", tmp_path / "pages.py"]
    for number, source in enumerate(sources):
        source.write_text(f"L{number}_MAX = 1\n")
    monkeypatch.setattr(reference, "LIBRARY", tmp_path)
    monkeypatch.setattr(reference, "product_sources", lambda: sources)
    with pytest.raises(MissingDescription, match=r"cursors\.py: L0_MAX\npages\.py: L1_MAX"):
        limits_in_other_modules()


def test_modules_are_found_in_every_room_of_a_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules = [
        tmp_path / "services" / "stock" / name
        for name in ("app.py", "chalicelib/bootstrap.py", "chalicelib/domain/orders.py")
    ]
    for module in modules:
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text("")
    monkeypatch.setattr(reference, "ROOT", tmp_path)
    monkeypatch.setattr(reference, "LIBRARY", tmp_path)
    assert reference.product_sources() == modules


@pytest.mark.parametrize(
    "name", ["PAGE_MAX_ITEMS", "_WAIT_SECONDS", "TAGS_MAX", "_PAYLOAD_LIMIT_BYTES", "HOLD_MIN_SECONDS"]
)
def test_a_limit_is_recognized_by_its_name(name: str) -> None:
    assert LIMIT_NAME.fullmatch(name)


@pytest.mark.parametrize("name", ["_OPEN_ORDERS_SHARDS", "_NO_SKU", "NAME", "max_items", "MAXIMUM"])
def test_other_constants_are_no_limits(name: str) -> None:
    assert not LIMIT_NAME.fullmatch(name)


def test_the_gateways_limits_are_listed() -> None:
    assert {"PAYLOAD_LIMIT_BYTES", "TIMEOUT_SECONDS"} <= {
        limit.name for limit in limits_in(GATEWAY.read_text(encoding="utf-8"), "gateway.py", LIMIT_NAME)
    }
    assert "| `bad_gateway` | 502 | Bad Gateway |" in render()


def test_further_members_are_found_where_errors_are_created(tmp_path: Path) -> None:
    source = tmp_path / "rules.py"
    source.write_text(
        "def one(sku):\n    raise SkuInactive('No.', product_id=1, sku=sku)\n"
        "def two(sku):\n    raise errors.SkuInactive('No.', version=2)\n"
        "def three():\n    figures = {'stock': 1, 'limit': 2}\n    raise CountStale('No.', **figures)\n"
        "class InsufficientStock:\n    def __init__(self):\n        super().__init__('No.', lines=[])\n"
        "def four():\n    return Unheard('No.', of=1)\n"
    )
    assert members_of_problems([source]) == {
        "SkuInactive": ["product_id", "sku", "version"],
        "CountStale": ["stock", "limit"],
        "InsufficientStock": ["lines"],
    }


def test_members_that_the_function_does_not_define_are_an_error(tmp_path: Path) -> None:
    source = tmp_path / "rules.py"
    source.write_text("def one(figures):\n    raise CountStale('No.', **figures)\n")
    with pytest.raises(
        MissingDescription, match=r"rules\.py:2: the function does not define the members of \*\*figures"
    ):
        members_of_problems([source])


def test_the_first_sentence_of_a_docstring_describes_a_code() -> None:
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


def test_a_table_escapes_its_cells() -> None:
    assert table(["A"], [["a|b"]]) == "| A |\n| --- |\n| a\\|b |\n"
