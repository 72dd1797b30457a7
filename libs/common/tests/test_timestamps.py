import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_common.timestamps import (
    epoch_seconds,
    later_of,
    microsecond_before,
    now,
    plus_seconds,
    timestamp,
)

FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")

offsets = st.integers(-1_439, 1_439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=offsets)
timestamps = moments.map(lambda moment: timestamp(moment.isoformat()))


@pytest.mark.parametrize(
    ("given_text", "normalised"),
    [
        ("2026-02-23T10:30:00Z", "2026-02-23T10:30:00.000000Z"),
        ("2026-02-23T10:30Z", "2026-02-23T10:30:00.000000Z"),
        ("2026-02-23T10:30:00.5Z", "2026-02-23T10:30:00.500000Z"),
        ("2026-02-23T10:30:00.123Z", "2026-02-23T10:30:00.123000Z"),
        ("2026-02-23T10:30:00.123456Z", "2026-02-23T10:30:00.123456Z"),
        ("2026-02-23T10:30:00.123456789Z", "2026-02-23T10:30:00.123456Z"),
        ("2026-02-23T10:30:00+00:00", "2026-02-23T10:30:00.000000Z"),
        ("2026-02-23T16:00:00+05:30", "2026-02-23T10:30:00.000000Z"),
        ("2026-02-23T23:30:00-01:00", "2026-02-24T00:30:00.000000Z"),
        ("0800-01-01T00:00:00Z", "0800-01-01T00:00:00.000000Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_a_moment_of_any_precision_and_offset_becomes_a_timestamp(given_text: str, normalised: str) -> None:
    assert timestamp(given_text) == normalised


@given(moments)
def test_a_timestamp_has_one_form_and_is_the_same_moment(moment: datetime) -> None:
    text = timestamp(moment.isoformat())
    assert FORM.fullmatch(text)
    assert datetime.fromisoformat(text) == moment
    assert timestamp(text) == text


@given(moments, moments)
def test_timestamps_sort_like_their_moments(one: datetime, other: datetime) -> None:
    first, second = timestamp(one.isoformat()), timestamp(other.isoformat())
    assert (first < second) == (one < other)
    assert (first == second) == (one == other)


@pytest.mark.parametrize("text", ["2026-02-23T10:30:00", "2026-02-23", "2026-02-23T10:30:00.000000"])
def test_a_timestamp_without_an_offset_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="offset"):
        timestamp(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "1771842600",
        "2026-02-30T10:30:00Z",
        "2026-13-01T10:30:00Z",
        "2026-02-23T10:30:61Z",
        "2026-02-23T25:00:00Z",
        "2026-02-23T10:30:00Z\n",
        " 2026-02-23T10:30:00Z",
        "2026-02-23T10:30:00+24:00",
        "10000-01-01T00:00:00Z",
        "\uff12026-02-23T10:30:00Z",
    ],
)
def test_a_text_that_is_not_an_iso_8601_date_and_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        timestamp(text)


@pytest.mark.parametrize("text", ["2026-02-23TZ", "2026-02-23T10:30:00+", "2026-02-23T10:30:00-"])
def test_the_error_of_an_incomplete_text_shows_a_timestamp(text: str) -> None:
    with pytest.raises(ValueError, match="such as 2026-02-23T10:30:00Z"):
        timestamp(text)


@pytest.mark.parametrize("separator", ["x", "\n", "\ud800", "0"])
def test_a_date_and_a_time_are_separated_by_t(separator: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        timestamp(f"2026-02-23{separator}10:30:00Z")


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"])
def test_a_moment_outside_the_years_1_to_9999_in_utc_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="years 1 to 9999"):
        timestamp(text)


@given(st.text())
def test_any_text_is_either_a_timestamp_or_a_value_error(text: str) -> None:
    with suppress(ValueError):
        assert FORM.fullmatch(timestamp(text))


def test_now_is_the_current_time_as_a_timestamp() -> None:
    before = datetime.now(UTC)
    text = now()
    assert FORM.fullmatch(text)
    assert before <= datetime.fromisoformat(text) <= datetime.now(UTC)


def test_seconds_are_added_across_a_day() -> None:
    assert plus_seconds("2026-02-28T23:59:59.000001Z", 1) == "2026-03-01T00:00:00.000001Z"
    assert plus_seconds("2026-02-23T10:30:00.000000Z", 86_400) == "2026-02-24T10:30:00.000000Z"
    assert plus_seconds("2026-02-23T10:30:00.000000Z", -60) == "2026-02-23T10:29:00.000000Z"


def test_the_timestamp_before_is_one_microsecond_earlier_except_before_the_first() -> None:
    assert microsecond_before("2026-03-01T00:00:00.000000Z") == "2026-02-28T23:59:59.999999Z"
    assert microsecond_before("2026-02-23T10:30:00.000001Z") == "2026-02-23T10:30:00.000000Z"
    assert microsecond_before("0001-01-01T00:00:00.000000Z") == "0001-01-01T00:00:00.000000Z"


def test_epoch_seconds_are_whole_and_rounded_down() -> None:
    assert epoch_seconds("1970-01-01T00:00:00.000000Z") == 0
    assert epoch_seconds("2026-02-23T10:30:00.000000Z") == 1_771_842_600
    assert epoch_seconds("2026-02-23T10:30:00.999999Z") == 1_771_842_600


@given(timestamps, st.none() | timestamps)
def test_the_later_moment_is_never_earlier_than_now_and_always_after_the_previous_one(
    moment: str, previous: str | None
) -> None:
    later = later_of(moment, previous)
    assert FORM.fullmatch(later)
    assert later >= moment
    assert previous is None or later > previous


def test_the_first_moment_of_a_log_is_unchanged() -> None:
    assert later_of("2026-02-23T10:30:00.000000Z", None) == "2026-02-23T10:30:00.000000Z"


def test_a_moment_after_the_previous_one_is_unchanged() -> None:
    assert later_of("2026-02-23T10:30:00.000002Z", "2026-02-23T10:30:00.000001Z") == (
        "2026-02-23T10:30:00.000002Z"
    )


@pytest.mark.parametrize("moment", ["2026-02-23T10:29:59.999999Z", "2026-02-23T10:30:00.999999Z"])
def test_a_moment_that_is_not_later_becomes_the_microsecond_after_the_previous_one(moment: str) -> None:
    assert later_of(moment, "2026-02-23T10:30:00.999999Z") == "2026-02-23T10:30:01.000000Z"
