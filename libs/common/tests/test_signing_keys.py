"""When the keys of the token issuer are fetched, who waits for them, and how long they are used."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from inventory_common import signing_keys
from inventory_common.errors import IdentityUnavailable, Unauthenticated
from inventory_common.signing_keys import KeySet, SigningKeys

FIRST, SECOND = (rsa.generate_private_key(public_exponent=65_537, key_size=2_048) for _ in range(2))


def _jwk(key: rsa.RSAPrivateKey, key_id: str) -> dict[str, Any]:
    public: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**public, "kid": key_id, "use": "sig", "alg": "RS256"}


class Issuer:
    """Publishes keys without a network; `answers` lets a response go."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.fetches = 0
        self.keys: list[dict[str, Any]] | None = [_jwk(FIRST, "one")]
        self.answers = Event()
        self.answers.set()
        self.answered = Event()

    def clock(self) -> float:
        return self.seconds

    def fetch_data(self, _: jwt.PyJWKClient) -> Any:
        self.fetches += 1
        published = self.keys
        assert self.answers.wait(10)
        if published is None:
            raise jwt.PyJWKClientConnectionError("away")
        return {"keys": published}


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    issuer = Issuer()
    monkeypatch.setattr(jwt.PyJWKClient, "fetch_data", lambda client: issuer.fetch_data(client))
    yield issuer
    issuer.answers.set()


@pytest.fixture
def keys(issuer: Issuer) -> SigningKeys:
    return SigningKeys("https://issuer.example/jwks.json", issuer.clock)


def _settled(keys: SigningKeys) -> KeySet | None:
    """Return the keys after the fetch that runs, if one does."""
    assert keys._last_fetch is not None
    assert keys._last_fetch.ended.wait(10)
    return keys.current()


def _refused(call: Callable[[], object]) -> str:
    with pytest.raises((Unauthenticated, IdentityUnavailable)) as refused:
        call()
    return refused.value.code


def test_a_known_key_waits_for_nothing_while_the_keys_are_fetched_again(
    issuer: Issuer, keys: SigningKeys
) -> None:
    known = keys.key("one")
    issuer.answers.clear()
    issuer.seconds = 150
    assert keys.key("one") == known
    assert keys.key("one") == known
    assert issuer.fetches == 2
    issuer.seconds = 299.9
    assert keys.key("one") == known


def test_a_known_key_waits_for_no_request_with_an_unknown_one(issuer: Issuer, keys: SigningKeys) -> None:
    known = keys.key("one")
    issuer.answers.clear()
    issuer.seconds = 31
    with ThreadPoolExecutor(1) as others:
        unknown = others.submit(_refused, lambda: keys.key("two"))
        while issuer.fetches < 2:
            time.sleep(0.001)
        assert keys.key("one") == known
        assert not unknown.done()
        issuer.answers.set()
        assert unknown.result(10) == "unauthenticated"


def test_a_request_waits_three_seconds_at_most(
    issuer: Issuer, keys: SigningKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert signing_keys._TIMEOUT_SECONDS == 3
    monkeypatch.setattr(signing_keys, "_TIMEOUT_SECONDS", 0.05)
    issuer.answers.clear()
    assert _refused(lambda: keys.key("one")) == "identity_unavailable"
    issuer.answers.set()
    _settled(keys)
    assert keys.key("one")
    assert issuer.fetches == 1


def test_a_fetch_that_runs_too_long_counts_as_failed(
    issuer: Issuer, keys: SigningKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_keys, "_TIMEOUT_SECONDS", 0.05)
    issuer.answers.clear()
    _refused(lambda: keys.key("one"))
    issuer.seconds = 5
    _refused(lambda: keys.key("one"))
    assert issuer.fetches == 1
    issuer.seconds = 5.05
    _refused(lambda: keys.key("one"))
    assert issuer.fetches == 2


def test_concurrent_requests_share_a_fetch(issuer: Issuer, keys: SigningKeys) -> None:
    issuer.answers.clear()
    with ThreadPoolExecutor(8) as pool:
        found = [pool.submit(keys.key, "one") for _ in range(8)]
        while not issuer.fetches:
            time.sleep(0.001)
        issuer.answers.set()
        assert len({id(each.result(10)[0]) for each in found}) == 1
    assert issuer.fetches == 1


def test_an_unknown_key_is_fetched_30_seconds_after_the_last_fetch(issuer: Issuer, keys: SigningKeys) -> None:
    keys.key("one")
    issuer.keys = [_jwk(FIRST, "one"), _jwk(SECOND, "two")]
    issuer.seconds = 29.9
    for _ in range(3):
        assert _refused(lambda: keys.key("two")) == "unauthenticated"
    assert issuer.fetches == 1
    issuer.seconds = 30
    assert keys.key("two")
    assert issuer.fetches == 2


def test_after_a_failure_the_next_fetch_is_5_seconds_later(issuer: Issuer, keys: SigningKeys) -> None:
    keys.key("one")
    issuer.keys = None
    issuer.seconds = 30
    for _ in range(3):
        # Not 401: the issuer may have published the key meanwhile.
        assert _refused(lambda: keys.key("two")) == "identity_unavailable"
    assert issuer.fetches == 2
    issuer.seconds = 34.9
    assert _refused(lambda: keys.key("two")) == "identity_unavailable"
    assert issuer.fetches == 2
    assert keys.key("one")
    issuer.seconds = 35
    issuer.keys = [_jwk(SECOND, "two")]
    assert keys.key("two")


def test_without_any_keys_a_failure_has_the_same_cooldown(issuer: Issuer, keys: SigningKeys) -> None:
    issuer.keys = None
    for seconds, fetches in ((0, 1), (0, 1), (4.9, 1), (5, 2), (9.9, 2), (10, 3)):
        issuer.seconds = seconds
        assert _refused(lambda: keys.key("one")) == "identity_unavailable"
        assert issuer.fetches == fetches


def test_a_refresh_that_fails_is_tried_again_every_5_seconds(issuer: Issuer, keys: SigningKeys) -> None:
    keys.key("one")
    issuer.keys = None
    for seconds, fetches in ((149.9, 1), (150, 2), (154.9, 2), (155, 3), (299, 4)):
        issuer.seconds = seconds
        assert keys.key("one")
        _settled(keys)
        assert issuer.fetches == fetches
    issuer.seconds = 300
    assert keys.current() is None


def test_a_withdrawn_key_is_used_for_300_seconds_at_most(issuer: Issuer, keys: SigningKeys) -> None:
    keys.key("one")
    issuer.keys = [_jwk(SECOND, "two")]
    issuer.answers.clear()
    issuer.seconds = 299.9
    assert keys.key("one")
    issuer.answers.set()
    _settled(keys)
    assert _refused(lambda: keys.key("one")) == "unauthenticated"
    assert keys.key("two")


def test_another_key_under_the_same_id_replaces_the_first(issuer: Issuer, keys: SigningKeys) -> None:
    first, before = keys.key("one")
    issuer.keys = [_jwk(SECOND, "one")]
    issuer.seconds = 300
    second, after = keys.key("one")
    assert first.key == FIRST.public_key()
    assert second.key == SECOND.public_key()
    assert before is not after


def test_the_same_keys_stay_the_same_object(issuer: Issuer, keys: SigningKeys) -> None:
    before = keys.key("one")[1]
    issuer.keys = [_jwk(FIRST, "one")]
    issuer.seconds = 300
    assert keys.key("one")[1] is before is keys.current()


def test_a_fetch_that_ends_after_a_later_one_changes_nothing(
    issuer: Issuer, keys: SigningKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_keys, "_TIMEOUT_SECONDS", 0.05)
    late, issuer.answers = issuer.answers, Event()
    issuer.answers.clear()
    held = issuer.answers
    _refused(lambda: keys.key("one"))
    slow = keys._last_fetch
    issuer.answers, issuer.keys, issuer.seconds = late, [_jwk(SECOND, "two")], 10
    assert keys.key("two")
    held.set()
    assert slow is not None
    assert slow.ended.wait(10)
    assert keys.key("two")
    assert _refused(lambda: keys.key("one")) == "unauthenticated"


def test_of_two_keys_with_one_id_the_first_counts(issuer: Issuer, keys: SigningKeys) -> None:
    issuer.keys = [_jwk(FIRST, "one"), _jwk(SECOND, "one")]
    assert keys.key("one")[0].key == FIRST.public_key()


def test_the_url_is_asked_with_the_timeout_and_nothing_is_cached_twice(
    issuer: Issuer, keys: SigningKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[Any] = []
    client = jwt.PyJWKClient

    def recording(url: str, **options: Any) -> Any:
        used.append((url, options))
        return client(url, **options)

    monkeypatch.setattr(jwt, "PyJWKClient", recording)
    keys.key("one")
    assert used == [("https://issuer.example/jwks.json", {"timeout": 3, "cache_jwk_set": False})]


@pytest.mark.parametrize(
    "failure",
    [jwt.PyJWKSetError("none"), ValueError("no JSON"), OSError("reset"), RecursionError("deep")],
    ids=repr,
)
def test_a_fetch_may_fail_in_many_ways(
    keys: SigningKeys, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fail(*_: Any) -> None:
        raise failure

    monkeypatch.setattr(jwt.PyJWKClient, "get_signing_keys", fail)
    assert _refused(lambda: keys.key("one")) == "identity_unavailable"


def test_keys_of_another_type_are_compared_as_well(issuer: Issuer, keys: SigningKeys) -> None:
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    curve = {**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(public)), "kid": "curve"}
    issuer.keys = [_jwk(FIRST, "one"), curve]
    before = keys.key("curve")[1]
    issuer.seconds = 300
    assert keys.key("curve")[1] is before
