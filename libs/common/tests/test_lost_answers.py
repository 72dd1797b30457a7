import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from inventory_common.change_ids import SLOTS
from inventory_common.errors import Busy, DatabaseUnavailable, OutcomeUnknown, PreconditionFailed
from inventory_common.lost_answers import LostAnswers

LOST = ReadTimeoutError(endpoint_url="http://127.0.0.1")
THROTTLED = ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow"}}, "UpdateItem")


@pytest.fixture
def lost() -> LostAnswers:
    """One that has lost an answer."""
    lost = LostAnswers()
    with lost.noted():
        raise LOST
    return lost


def test_nothing_is_lost_at_first() -> None:
    assert not LostAnswers()


@pytest.mark.parametrize("failure", [Busy("slow"), DatabaseUnavailable("away"), OutcomeUnknown(), THROTTLED])
def test_while_an_answer_is_missing_the_outcome_is_unknown(lost: LostAnswers, failure: Exception) -> None:
    assert lost
    with pytest.raises(OutcomeUnknown) as unknown, lost.reported():
        raise failure
    assert unknown.value.__cause__ is LOST


@pytest.mark.parametrize("failure", [PreconditionFailed("It has changed."), ZeroDivisionError()])
def test_a_refusal_or_a_defect_stays_what_it_is(lost: LostAnswers, failure: Exception) -> None:
    with pytest.raises(type(failure)), lost.reported():
        raise failure


@pytest.mark.parametrize("failure", [Busy("slow"), THROTTLED])
def test_without_a_lost_answer_nothing_was_done(failure: Exception) -> None:
    with pytest.raises(type(failure)), LostAnswers().reported():
        raise failure


def test_a_write_that_was_not_executed_is_not_noted() -> None:
    lost = LostAnswers()
    with pytest.raises(ClientError), lost.noted():
        raise THROTTLED
    assert not lost


def test_a_write_that_botocore_sent_twice_is_unknown_without_a_cause() -> None:
    lost = LostAnswers()
    lost.note()
    assert lost
    with pytest.raises(OutcomeUnknown), lost.reported():
        raise Busy("slow")


def test_the_first_failure_is_the_cause(lost: LostAnswers) -> None:
    lost.note()
    with pytest.raises(OutcomeUnknown) as unknown, lost.reported():
        raise Busy("slow")
    assert unknown.value.__cause__ is LOST


def test_it_is_settled_while_the_item_stores_all_ids_since(lost: LostAnswers) -> None:
    lost.settle(SLOTS)
    assert not lost
    lost.settle(SLOTS + 1)


def test_it_is_unknown_once_its_id_may_have_been_replaced(lost: LostAnswers) -> None:
    with pytest.raises(OutcomeUnknown):
        lost.settle(SLOTS + 1)
    assert lost
