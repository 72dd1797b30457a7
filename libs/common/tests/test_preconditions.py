"""If-Match: which versions a client lets be changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_common.errors import PreconditionFailed
from inventory_common.preconditions import ANY_VERSION, IfMatch, etag


def _lets_through(header: str | None, version: int) -> bool:
    try:
        IfMatch.read(header).require(version)
    except PreconditionFailed:
        return False
    return True


@pytest.mark.parametrize(("version", "tag"), [(0, '"0"'), (1, '"1"'), (12, '"12"'), ("abc", '"abc"')])
def test_an_entity_tag_is_the_version_in_quotes(version: object, tag: str) -> None:
    assert etag(version) == tag


@given(st.integers(min_value=0))
def test_a_version_s_own_tag_lets_it_through_and_no_other(version: int) -> None:
    assert _lets_through(etag(version), version)
    assert not _lets_through(etag(version), version + 1)


@pytest.mark.parametrize("header", [None, "*", " * "])
def test_no_header_and_a_star_let_every_version_through(header: str | None) -> None:
    assert IfMatch.read(header) == ANY_VERSION == IfMatch(None)
    for version in (1, 2, 1_000_000):
        assert _lets_through(header, version)


@pytest.mark.parametrize(
    "header",
    [
        '"3"',
        ' "3" ',
        '"1", "3"',
        '"3","1"',
        '"1","2","3"',
        '"1" ,\t"3"',
        ', "3",',
        '"", "3"',
        '"a,b", "3"',
        'W/"1", "3"',
        '"3", W/"3"',
    ],
)
def test_one_strong_tag_of_a_list_is_enough(header: str) -> None:
    assert _lets_through(header, 3)


@pytest.mark.parametrize("header", ['"2"', '"1", "2"', '"33"', '"03"', '"3 "', '" 3"', '"3.0"', '"a3"', '""'])
def test_another_tag_lets_nothing_through(header: str) -> None:
    assert not _lets_through(header, 3)


@pytest.mark.parametrize(
    "header", ['W/"3"', ' W/"3"', 'W/"3", W/"3"', 'W/"3",W/"3"', 'W/"1",W/"3",W/"5"', '"1", W/"3"']
)
def test_a_weak_tag_never_matches(header: str) -> None:
    """If-Match compares strongly (RFC 9110, 13.1.1): a weak tag says nothing of single attributes."""
    assert not _lets_through(header, 3)


@pytest.mark.parametrize(
    "header",
    ["", " ", "3", "'3'", '"3', '3"', "**", '"*"', "*, *", '"\n3"', '"\u0663"', "\ud800", "null", '"' * 3],
)
def test_what_is_no_tag_matches_nothing(header: str) -> None:
    """Not everything: whoever sends a condition that we cannot read did not ask for none."""
    assert IfMatch.read(header) != ANY_VERSION
    assert not _lets_through(header, 3)


@pytest.mark.parametrize("header", ['W/"1","3"', 'W/"1","2","3"', 'W/"","3"'])
def test_a_strong_tag_right_after_a_weak_one_and_a_comma_matches(header: str) -> None:
    assert _lets_through(header, 3)


def test_a_refusal_says_which_version_is_there() -> None:
    with pytest.raises(PreconditionFailed, match="version 7") as refused:
        IfMatch.read('"3"').require(7)
    assert (refused.value.code, refused.value.members) == ("precondition_failed", {})


@given(st.text(alphabet='W/"*, 3a') | st.text())
def test_a_header_of_any_content_lets_a_version_through_or_not(header: str) -> None:
    assert _lets_through(header, 3) in (True, False)
    if "3" not in header and header.strip() != "*":
        assert not _lets_through(header, 3)
