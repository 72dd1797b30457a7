"""When the published keys are read, and what holds while they cannot be."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from inventory_common.errors import LedgerKeyUnavailable
from inventory_common.ledger_key_store import LedgerKeyStore
from inventory_common.ledger_keys import PublicKey, SigningKey

PATH = "/inventory/dev/ledger-keys/"
RETIRED = "2026-12-30T00:00:00.000000Z"


def key(key_id: str, created_at: str = "2026-11-30T00:00:00.000000Z") -> PublicKey:
    return SigningKey(key_id, key_id.encode().rjust(32, b".")).public_key(created_at)


class Parameters:
    """Systems Manager, and a clock."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.calls: list[str] = []
        self.values: dict[str, str] = {}
        self.failure: Exception | None = None

    @property
    def reads(self) -> int:
        """How often the keys were read, as long as the first one is not retired."""
        return self.calls.count(f"{PATH}1")

    def publish(self, *keys: PublicKey) -> None:
        for each in keys:
            self.values[f"{PATH}{len(self.values) + 1}"] = json.dumps(each.jwk())

    def clock(self) -> float:
        return self.seconds

    def get_parameter(self, **request: Any) -> dict[str, Any]:
        name = request.pop("Name")
        assert not request
        self.calls.append(name)
        if self.failure is not None:
            raise self.failure
        if name not in self.values:
            raise error_of("ParameterNotFound")
        return {"Parameter": {"Name": name, "Value": self.values[name]}}


def error_of(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "GetParameter")


@pytest.fixture
def parameters() -> Parameters:
    parameters = Parameters()
    parameters.publish(key("k1"))
    return parameters


@pytest.fixture
def store(parameters: Parameters) -> LedgerKeyStore:
    return LedgerKeyStore(PATH, parameters.clock, lambda: parameters)


def test_all_keys_are_read(parameters: Parameters, store: LedgerKeyStore) -> None:
    parameters.publish(*(key(f"k{number}") for number in range(2, 6)))
    assert list(store.all()) == ["k1", "k2", "k3", "k4", "k5"]
    assert parameters.calls == [f"{PATH}{number}" for number in range(1, 7)]


def test_a_retired_key_is_not_read_again(parameters: Parameters, store: LedgerKeyStore) -> None:
    parameters.publish(key("k2").retired(RETIRED), key("k3"))
    first = store.all()
    parameters.calls.clear()
    parameters.seconds = 10
    assert store.all() == first
    assert parameters.calls == [f"{PATH}1", f"{PATH}3", f"{PATH}4"]


def test_the_list_is_ten_seconds_old_at_most(parameters: Parameters, store: LedgerKeyStore) -> None:
    assert list(store.all()) == ["k1"]
    parameters.publish(key("k2"))
    parameters.seconds = 9.9
    assert list(store.all()) == ["k1"]
    parameters.seconds = 10
    assert list(store.all()) == ["k1", "k2"]
    assert parameters.reads == 2


def test_a_known_key_is_read_again_after_five_minutes(parameters: Parameters, store: LedgerKeyStore) -> None:
    assert store.key("k1") == key("k1")
    retired = key("k1").retired(RETIRED)
    parameters.values[f"{PATH}1"] = json.dumps(retired.jwk())
    parameters.seconds = 299.9
    assert store.key("k1") == key("k1")
    assert parameters.reads == 1
    parameters.seconds = 300
    assert store.key("k1") == retired


def test_an_unknown_key_causes_one_read_in_five_seconds(
    parameters: Parameters, store: LedgerKeyStore
) -> None:
    store.all()
    for _ in range(100):
        assert store.key("k2") is None
    assert parameters.reads == 1
    parameters.seconds = 5
    parameters.publish(key("k2"))
    assert store.key("k2") == key("k2")
    for _ in range(100):
        assert store.key("k3") is None
    assert parameters.reads == 2


def test_the_keys_of_a_stage_without_any_are_an_empty_list(
    parameters: Parameters, store: LedgerKeyStore
) -> None:
    parameters.values.clear()
    assert len(store.all()) == 0
    assert store.key("k1") is None


@pytest.mark.parametrize(
    "failure", [error_of("AccessDeniedException"), EndpointConnectionError(endpoint_url="http://127.0.0.1:1")]
)
def test_known_keys_are_used_for_an_hour_while_they_cannot_be_read(
    parameters: Parameters, store: LedgerKeyStore, failure: Exception
) -> None:
    store.all()
    parameters.failure = failure
    parameters.seconds = 3_599
    assert list(store.all()) == ["k1"]
    assert store.key("k1") == key("k1")
    assert parameters.reads == 2  # not at every call
    parameters.seconds = 3_600
    for read in (store.all, lambda: store.key("k1")):
        with pytest.raises(LedgerKeyUnavailable):
            read()
    parameters.failure = None
    parameters.seconds = 3_605
    assert list(store.all()) == ["k1"]


def test_without_any_known_key_the_caller_is_asked_to_return(
    parameters: Parameters, store: LedgerKeyStore
) -> None:
    parameters.failure = error_of("AccessDeniedException")
    for _ in range(2):
        with pytest.raises(LedgerKeyUnavailable) as refused:
            store.all()
    assert refused.value.code == "ledger_key_unavailable"
    assert refused.value.retry_after_seconds == 5
    assert parameters.reads == 1
    parameters.failure = None
    parameters.seconds = 5
    assert list(store.all()) == ["k1"]


def test_a_stage_without_a_path_has_no_keys() -> None:
    def never() -> Any:
        raise AssertionError("nothing to connect to")

    with pytest.raises(LedgerKeyUnavailable):
        LedgerKeyStore(None, connect=never).all()


@pytest.mark.parametrize("text", ["no JSON", "{}", "[]", json.dumps(key("k1").jwk())])
def test_a_malformed_parameter_is_as_if_none_could_be_read(
    parameters: Parameters, store: LedgerKeyStore, text: str
) -> None:
    parameters.values[f"{PATH}2"] = text
    with pytest.raises(LedgerKeyUnavailable):
        store.all()


def test_a_clock_that_is_set_back_leads_to_a_read(parameters: Parameters, store: LedgerKeyStore) -> None:
    parameters.seconds = 1_000
    store.all()
    parameters.seconds = 10
    parameters.publish(key("k2"))
    assert list(store.all()) == ["k1", "k2"]
