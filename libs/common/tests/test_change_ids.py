import re

import pytest
from botocore.exceptions import ClientError

from inventory_common.change_ids import SLOTS, change_slot, made_version, new_change_id, was_sent_again


def test_a_change_made_the_version_that_it_stored_its_id_with() -> None:
    image = change_slot(3, "one")
    assert made_version("one", 3, image)
    assert not made_version("two", 3, image)
    assert not made_version("one", 4, image)
    assert not made_version("one", 3, {})


def test_an_id_stays_until_its_slot_is_reused() -> None:
    image = change_slot(3, "one")
    for version in range(4, 3 + SLOTS):
        image |= change_slot(version, f"change {version}")
        assert made_version("one", 3, image)
    assert len(image) == SLOTS
    image |= change_slot(3 + SLOTS, "later")
    assert not made_version("one", 3, image)
    assert len(image) == SLOTS


def test_ids_are_short_and_differ() -> None:
    drawn = [new_change_id() for _ in range(1_000)]
    assert len(set(drawn)) == len(drawn)
    assert all(re.fullmatch(r"[\w-]{8}", each) for each in drawn)


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({}, False),
        ({"ResponseMetadata": {"RetryAttempts": 0}}, False),
        ({"ResponseMetadata": {"RetryAttempts": 1}}, True),
    ],
)
def test_botocore_says_whether_it_sent_a_call_again(metadata: dict[str, object], *, expected: bool) -> None:
    error = ClientError({"Error": {"Code": "ConditionalCheckFailedException"}, **metadata}, "UpdateItem")
    assert was_sent_again(error) is expected
