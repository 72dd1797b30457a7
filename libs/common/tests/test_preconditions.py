"""If-Match: the versions that a request may change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_common.errors import PreconditionFailed
from inventory_common.preconditions import ANY_VERSION, IfMatch, etag


def _may_change(header: str | None, version: int) -> bool:
    try:
        IfMatch.read(header).require(version)
    except PreconditionFailed:
        return False
    return True


@pytest.mark.parametrize(("version", "tag"), [(0, '"0"'), (1, '"1"'), (12, '"12"'), ("abc", '"abc"')])
def test_an_entity_tag_is_the_version_in_quotes(version: object, tag: str) -> None:
    assert etag(version) == tag


@given(st.integers(min_value=0))
def test_the_tag_of_a_version_matches_that_version_alone(version: int) -> None:
    assert _may_change(etag(version), version)
    assert not _may_change(etag(version), version + 1)


@pytest.mark.parametrize("header", [None, "*", " * "])
def test_every_version_may_be_changed_without_a_header_and_with_a_star(header: str | None) -> None:
    assert IfMatch.read(header) == ANY_VERSION == IfMatch(None)
    for version in (1, 2, 1_000_000):
        assert _may_change(header, version)


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
    assert _may_change(header, 3)


@pytest.mark.parametrize("header", ['"2"', '"1", "2"', '"33"', '"03"', '"3 "', '" 3"', '"3.0"', '"a3"', '""'])
def test_the_tag_of_another_version_does_not_match(header: str) -> None:
    assert not _may_change(header, 3)


@pytest.mark.parametrize(
    "header", ['W/"3"', ' W/"3"', 'W/"3", W/"3"', 'W/"3",W/"3"', 'W/"1",W/"3",W/"5"', '"1", W/"3"']
)
def test_a_weak_tag_never_matches(header: str) -> None:
    """If-Match uses the strong comparison (RFC 9110, 13.1.1): a weak tag may ignore changed attributes."""
    assert not _may_change(header, 3)


@pytest.mark.parametrize(
    "header",
    ["", " ", "3", "'3'", '"3', '3"', "**", '"*"', "*, *", '"\n3"', '"\u0663"', "\ud800", "null", '"' * 3],
)
def test_a_header_without_a_tag_matches_no_version(header: str) -> None:
    """It does not match every version: a client that sends a malformed condition still sends a condition."""
    assert IfMatch.read(header) != ANY_VERSION
    assert not _may_change(header, 3)


@pytest.mark.parametrize("header", ['W/"1","3"', 'W/"1","2","3"', 'W/"","3"'])
def test_a_strong_tag_right_after_a_weak_one_and_a_comma_matches(header: str) -> None:
    assert _may_change(header, 3)


def test_the_error_names_the_current_version() -> None:
    with pytest.raises(PreconditionFailed, match="version 7") as refused:
        IfMatch.read('"3"').require(7)
    assert (refused.value.code, refused.value.members) == ("precondition_failed", {})


@given(st.text(alphabet='W/"*, 3a') | st.text())
def test_any_header_matches_a_version_or_does_not(header: str) -> None:
    assert _may_change(header, 3) in (True, False)
    if "3" not in header and header.strip() != "*":
        assert not _may_change(header, 3)
