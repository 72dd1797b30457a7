"""When the signing key is read, who waits for it, and for how long an old one is used."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from fixed_ledger_key import FixedLedgerKey, fixed_key
from log_schema import wrong_lines

from chalicelib.storage.ledger_key import LedgerKey, LedgerKeySource
from inventory_common.errors import LedgerKeyUnavailable
from inventory_common.ledger_key_store import LedgerKeyStore
from inventory_common.ledger_keys import SigningKey
from inventory_common.tuning import LEDGER_KEY_KEPT_SECONDS, LEDGER_KEY_REFRESH_SECONDS

FIRST, SECOND = fixed_key("k1"), fixed_key("k2")


class Secrets:
    """Secrets Manager with one secret, and a clock; `answers` lets a response go."""

    def __init__(self) -> None:
        self.seconds = 1_000.0
        self.reads = 0
        self.text = FIRST.to_stored()
        self.failure: Exception | None = None
        self.answers = threading.Event()
        self.answers.set()

    def clock(self) -> float:
        return self.seconds

    def get_secret_value(self, **request: Any) -> dict[str, Any]:
        assert request == {"SecretId": "inventory-dev-ledger-key"}
        self.reads += 1
        text, failure = self.text, self.failure
        assert self.answers.wait(10)
        if failure is not None:
            raise failure
        return {"SecretString": text}


@pytest.fixture
def secrets() -> Secrets:
    return Secrets()


@pytest.fixture
def source(secrets: Secrets) -> LedgerKeySource:
    published = LedgerKeyStore(None)
    return LedgerKeySource(
        "inventory-dev-ledger-key", published, "inventory-stock", secrets.clock, lambda: secrets
    )


def away() -> ClientError:
    return ClientError({"Error": {"Code": "InternalServiceError", "Message": "away"}}, "GetSecretValue")


def wait_for_reads_beside() -> None:
    for thread in threading.enumerate():
        if thread.name == "ledger-key":
            thread.join(10)
            assert not thread.is_alive()


def refused(source: LedgerKeySource) -> LedgerKeyUnavailable:
    with pytest.raises(LedgerKeyUnavailable) as caught:
        source.current()
    return caught.value


def test_the_key_is_read_at_the_first_command_and_kept(secrets: Secrets, source: LedgerKeySource) -> None:
    assert secrets.reads == 0
    for _ in range(10):
        assert source.current() == FIRST
    assert secrets.reads == 1


def test_first_commands_at_the_same_time_share_one_read(secrets: Secrets, source: LedgerKeySource) -> None:
    secrets.answers.clear()
    with ThreadPoolExecutor(8) as pool:
        keys = [pool.submit(source.current) for _ in range(8)]
        while secrets.reads == 0:
            time.sleep(0.001)
        secrets.answers.set()
        assert {key.result(10) for key in keys} == {FIRST}
    assert secrets.reads == 1


def test_a_rotation_reaches_the_process_in_five_minutes_and_no_command_waits(
    secrets: Secrets, source: LedgerKeySource
) -> None:
    source.current()
    secrets.text = SECOND.to_stored()
    secrets.seconds += LEDGER_KEY_REFRESH_SECONDS - 1
    assert source.current() == FIRST
    assert secrets.reads == 1
    secrets.seconds += 1
    secrets.answers.clear()  # Secrets Manager takes its time
    for _ in range(10):
        assert source.current() == FIRST
    secrets.answers.set()
    wait_for_reads_beside()
    assert secrets.reads == 2
    assert source.current() == SECOND


def test_a_key_that_has_not_changed_stays_loaded(secrets: Secrets, source: LedgerKeySource) -> None:
    first = source.current()
    secrets.seconds += LEDGER_KEY_REFRESH_SECONDS
    source.current()
    wait_for_reads_beside()
    assert secrets.reads == 2
    assert source.current() is first


@pytest.mark.parametrize("failure", [away(), EndpointConnectionError(endpoint_url="http://127.0.0.1:1")])
def test_a_read_that_fails_keeps_the_key_and_is_repeated_every_five_seconds(
    secrets: Secrets, source: LedgerKeySource, failure: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    source.current()
    secrets.failure = failure
    secrets.seconds += LEDGER_KEY_REFRESH_SECONDS
    for reads in (2, 3):
        for _ in range(10):
            assert source.current() == FIRST
            wait_for_reads_beside()
        assert secrets.reads == reads
        secrets.seconds += 5
    lines = capsys.readouterr().out
    assert lines.count('"message":"ledger_key_unavailable"') == 2
    assert not wrong_lines(lines)
    secrets.failure = None
    secrets.text = SECOND.to_stored()
    source.current()
    wait_for_reads_beside()
    assert source.current() == SECOND


def test_a_key_that_could_not_be_read_for_an_hour_is_not_used(
    secrets: Secrets, source: LedgerKeySource
) -> None:
    source.current()
    secrets.failure = away()
    secrets.seconds += LEDGER_KEY_KEPT_SECONDS - 1
    assert source.current() == FIRST
    wait_for_reads_beside()
    secrets.seconds += 5
    refused(source)


def test_a_process_that_slept_through_a_rotation_signs_by_the_new_key(
    secrets: Secrets, source: LedgerKeySource
) -> None:
    source.current()
    secrets.text = SECOND.to_stored()
    secrets.seconds += LEDGER_KEY_KEPT_SECONDS
    assert source.current() == SECOND


def test_a_clock_that_is_set_back_leads_to_a_read(secrets: Secrets, source: LedgerKeySource) -> None:
    source.current()
    secrets.text = SECOND.to_stored()
    secrets.seconds -= 500
    assert source.current() == SECOND


@pytest.mark.parametrize(
    "invalidate",
    [
        lambda secrets: setattr(secrets, "failure", away()),
        lambda secrets: setattr(secrets, "text", "{}"),
        lambda secrets: setattr(secrets, "text", "not yet"),
    ],
    ids=["away", "no key", "no JSON"],
)
def test_without_a_key_the_client_is_asked_to_return(
    secrets: Secrets, source: LedgerKeySource, invalidate: Callable[[Secrets], None]
) -> None:
    invalidate(secrets)
    for _ in range(10):
        error = refused(source)
    assert error.code == "ledger_key_unavailable"
    assert error.retry_after_seconds == 5
    assert "nothing was changed" in error.detail
    assert secrets.reads == 1
    secrets.failure = None
    secrets.text = FIRST.to_stored()
    secrets.seconds += 5
    assert source.current() == FIRST


def test_a_stage_without_a_secret_has_no_key() -> None:
    def never() -> Any:
        raise AssertionError("nothing to connect to")

    refused(LedgerKeySource(None, LedgerKeyStore(None), "inventory-stock", connect=never))


def test_no_thread_can_start(
    secrets: Secrets, source: LedgerKeySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    source.current()
    secrets.seconds += LEDGER_KEY_REFRESH_SECONDS
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert source.current() == FIRST
    monkeypatch.undo()
    source.current()
    wait_for_reads_beside()
    assert secrets.reads == 2


def test_the_key_of_tests_is_one_of_the_same_form() -> None:
    older = fixed_key("old").public_key("2025-01-01T00:00:00.000000Z").retired("2026-01-01T00:00:00.000000Z")
    key: LedgerKey = FixedLedgerKey(older=(older,))
    assert key.current() == FixedLedgerKey().current()
    published = key.public_key(key.current().key_id)
    assert published is not None
    assert published.verifies(b"data", key.current().sign_bytes(b"data"))
    assert key.public_key("old") == older
    assert key.public_key("none") is None
    assert isinstance(key.current(), SigningKey)
