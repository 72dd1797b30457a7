"""Values are compared, hashed and printed like frozen dataclasses, and cannot be changed."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from inventory_common.identity import EVERYTHING
from inventory_common.values import value


@value
class Pair:
    left: int
    right: list[str] = field(default_factory=list)


@value
class Other:
    left: int
    right: list[str] = field(default_factory=list)


@value(kw_only=True)
class Named:
    unit: str = "each"
    count: int


@dataclass(frozen=True, slots=True)
class Generated:
    left: Any
    right: Any = ()


@value
class Shared:
    left: Any
    right: Any = ()


def test_values_with_the_same_content_are_equal() -> None:
    assert Pair(1, ["a"]) == Pair(1, ["a"])
    assert Pair(1, ["a"]) != Pair(1, ["b"])
    assert Pair(1) != Pair(2)


def test_values_of_two_classes_are_never_equal() -> None:
    others: tuple[object, ...] = (Other(1), (1, []))
    for other in others:
        assert Pair(1) != other


def test_equal_values_have_the_same_hash_and_are_one_member_of_a_set() -> None:
    assert {Named(count=1), Named(count=1), Named(count=2)} == {Named(count=1), Named(count=2)}
    assert hash(Shared(1, "x")) == hash(Generated(1, "x"))


def test_a_value_with_a_mutable_member_has_no_hash() -> None:
    with pytest.raises(TypeError, match="unhashable type: 'list'"):
        hash(Pair(1))


@pytest.mark.parametrize("members", [(1,), ("a", None), (0.5, [{"b": 2}])])
def test_a_value_is_printed_like_a_dataclass(members: tuple[Any, ...]) -> None:
    assert repr(Shared(*members)) == repr(Generated(*members)).replace("Generated", "Shared")


def test_members_of_a_keyword_only_value_are_passed_by_name() -> None:
    assert repr(Named(count=2)) == "Named(unit='each', count=2)"
    with pytest.raises(TypeError):
        Named("box", 2)  # type: ignore[call-arg]


def test_a_value_accepts_no_further_member() -> None:
    with pytest.raises(AttributeError):
        Pair(1).middle = 2  # type: ignore[attr-defined]


def test_a_value_is_copied_with_changes_like_a_dataclass() -> None:
    assert replace(Pair(1, ["a"]), left=2) == Pair(2, ["a"])
    assert [member.name for member in fields(Pair)] == ["left", "right"]


def test_a_value_can_be_pickled_and_copied() -> None:
    for other in (pickle.loads(pickle.dumps(Pair(1, ["a"]))), copy.deepcopy(Pair(1, ["a"]))):
        assert other == Pair(1, ["a"])


def test_a_value_is_matched_by_the_order_of_its_members() -> None:
    match Pair(1, ["a"]):
        case Pair(left, [name]):
            assert (left, name) == (1, "a")


@pytest.mark.parametrize(
    ("unchanged", "name"),
    [
        (Pair(1), "left"),
        (Pair(1), "right"),
        (Named(count=2), "unit"),
        (replace(Pair(1), left=2), "left"),
        (TypeAdapter(Pair).validate_python({"left": 1}), "left"),
        (pickle.loads(pickle.dumps(Pair(1))), "left"),
        (EVERYTHING, "vendor_id"),
    ],
    ids=str,
)
def test_a_value_cannot_be_changed_under_test(unchanged: Any, name: str) -> None:
    before = repr(unchanged)
    with pytest.raises(
        FrozenInstanceError, match=f"{name} of a {type(unchanged).__name__} cannot be changed"
    ):
        setattr(unchanged, name, 2)
    with pytest.raises(FrozenInstanceError, match="cannot be deleted"):
        delattr(unchanged, name)
    assert repr(unchanged) == before


def test_production_does_not_check_assignments() -> None:
    program = (
        "from inventory_common.identity import Scope\n"
        "assert Scope.__setattr__ is object.__setattr__\n"
        "assert Scope.__delattr__ is object.__delattr__\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
