"""Values are dataclasses: compared, hashed and printed as those that dataclasses generates."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass, field, fields, replace
from typing import Any

import pytest

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


def test_values_are_equal_by_their_content() -> None:
    assert Pair(1, ["a"]) == Pair(1, ["a"])
    assert Pair(1, ["a"]) != Pair(1, ["b"])
    assert Pair(1) != Pair(2)


def test_values_of_two_classes_are_never_equal() -> None:
    assert Pair(1) != Other(1)
    assert Pair(1) != (1, [])


def test_equal_values_have_the_same_hash_and_one_place_in_a_set() -> None:
    assert {Named(count=1), Named(count=1), Named(count=2)} == {Named(count=1), Named(count=2)}
    assert hash(Shared(1, "x")) == hash(Generated(1, "x"))


def test_a_value_with_a_member_that_can_change_has_no_hash() -> None:
    with pytest.raises(TypeError, match="unhashable type: 'list'"):
        hash(Pair(1))


@pytest.mark.parametrize("members", [(1,), ("a", None), (0.5, [{"b": 2}])])
def test_a_value_is_printed_as_a_dataclass_is(members: tuple[Any, ...]) -> None:
    assert repr(Shared(*members)) == repr(Generated(*members)).replace("Generated", "Shared")


def test_members_may_have_to_be_named() -> None:
    assert repr(Named(count=2)) == "Named(unit='each', count=2)"
    with pytest.raises(TypeError):
        Named("box", 2)  # type: ignore[misc]


def test_a_value_has_no_members_but_its_own() -> None:
    with pytest.raises(AttributeError):
        Pair(1).middle = 2  # type: ignore[attr-defined]


def test_a_value_is_copied_with_changes_as_a_dataclass_is() -> None:
    assert replace(Pair(1, ["a"]), left=2) == Pair(2, ["a"])
    assert [member.name for member in fields(Pair)] == ["left", "right"]


def test_a_value_goes_to_another_process_and_back() -> None:
    for other in (pickle.loads(pickle.dumps(Pair(1, ["a"]))), copy.deepcopy(Pair(1, ["a"]))):
        assert other == Pair(1, ["a"])


def test_a_value_is_matched_by_place() -> None:
    match Pair(1, ["a"]):
        case Pair(left, [name]):
            assert (left, name) == (1, "a")
