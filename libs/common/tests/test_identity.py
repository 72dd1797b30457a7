import hmac
import json
import socket
import struct
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, tzinfo
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread
from types import SimpleNamespace
from typing import Any, Self

import jwt
import jwt.api_jws
import jwt.api_jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from inventory_common import identity
from inventory_common.errors import Forbidden, IdentityUnavailable, Unauthenticated
from inventory_common.identity import ANYBODY, EVERYTHING, Principal, Role, Scope, TokenVerifier

KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
PUBLIC_PEM = KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)

ISSUER = "https://issuer.example/pool"
SUBJECT = "0f8fad5b-d9cb-469f-a165-70867728950e"


def _jwk(key: rsa.RSAPrivateKey, key_id: str) -> dict[str, Any]:
    public: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**public, "kid": key_id, "use": "sig", "alg": "RS256"}


JWKS = json.dumps({"keys": [_jwk(KEY, "key-1")]}).encode()


class Issuer:
    """Serves a JWKS on a free port of this machine."""

    def __init__(self) -> None:
        self.fetches = 0
        self.status = 200
        self.body = JWKS
        self.hangs_up = False
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.fetches += 1
                if issuer.hangs_up:
                    # A close that lingers for 0 seconds is a reset.
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
                self.send_response(issuer.status)
                self.send_header("Content-Length", str(len(issuer.body)))
                self.end_headers()
                self.wfile.write(issuer.body)

            def finish(self) -> None:
                super().finish()
                if issuer.hangs_up:
                    self.connection.close()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/jwks.json"

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def verifier(self) -> TokenVerifier:
        return TokenVerifier(self.url, ISSUER, ["shop", "back-office"], ["orders-1", "vendor-1"])


@pytest.fixture(scope="module")
def verifier() -> Iterator[TokenVerifier]:
    """A verifier that has seen no token of this module's, though perhaps of another test's."""
    issuer = Issuer()
    yield issuer.verifier()
    issuer.stop()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    yield issuer
    issuer.stop()


def _claims(kind: str, /, **changes: Any) -> dict[str, Any]:
    """Claims as Cognito writes them; a change to None leaves the claim out."""
    common = {"sub": SUBJECT, "iss": ISSUER, "exp": int(time.time()) + 3_600, "iat": int(time.time())}
    claims: dict[str, Any] = {
        "id": {**common, "token_use": "id", "aud": "shop"},
        "access": {**common, "token_use": "access", "client_id": "orders-1"},
    }[kind]
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


def _signed(
    claims: dict[str, Any], key: Any = KEY, algorithm: str = "RS256", headers: dict[str, Any] | None = None
) -> str:
    header = {"kid": "key-1"} if headers is None else headers
    # Not jwt.encode, which refuses some of the claims that a verifier must refuse.
    return "Bearer " + jwt.api_jws.encode(json.dumps(claims).encode(), key, algorithm, headers=header)


def _person(*groups: str, **changes: Any) -> str:
    return _signed(_claims("id", **{"cognito:groups": list(groups), **changes}))


def _machine(scope: str, **changes: Any) -> str:
    return _signed(_claims("access", scope=scope, **changes))


def _raw(header: dict[str, Any] | bytes, claims: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    parts = [
        header if isinstance(header, bytes) else json.dumps(header).encode(),
        json.dumps(claims).encode(),
    ]
    signed = b".".join(urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    return f"Bearer {signed.decode()}.{urlsafe_b64encode(sign(signed)).decode().rstrip('=')}"


VENDOR = {"custom:vendor_id": "VENDOR-001"}


# Who a good token makes


def test_who_sends_no_token_is_anybody(verifier: TokenVerifier) -> None:
    assert verifier.principal(None) is ANYBODY
    assert Principal("anonymous", frozenset()) == ANYBODY


@pytest.mark.parametrize(
    ("authorization", "principal"),
    [
        (_person("vendor", **VENDOR), Principal("VENDOR-001", frozenset({Role.VENDOR}), "VENDOR-001")),
        (_person("auditor"), Principal(f"user:{SUBJECT}", frozenset({Role.AUDITOR}))),
        (_person("admin"), Principal(f"user:{SUBJECT}", frozenset({Role.ADMIN}))),
        (_person("admin", aud="back-office"), Principal(f"user:{SUBJECT}", frozenset({Role.ADMIN}))),
        (_person("admin", aud=["other", "shop"]), Principal(f"user:{SUBJECT}", frozenset({Role.ADMIN}))),
        (
            _person("vendor", "auditor", **VENDOR),
            Principal(f"user:{SUBJECT}", frozenset({Role.VENDOR, Role.AUDITOR}), "VENDOR-001"),
        ),
        (_machine("inventory/orders"), Principal("client:orders-1", frozenset({Role.ORDERS}))),
        (
            _machine("openid inventory/vendor", client_id="vendor-1", vendor_id="VENDOR-7"),
            Principal("VENDOR-7", frozenset({Role.VENDOR}), "VENDOR-7"),
        ),
        (
            _machine("inventory/orders inventory/vendor", vendor_id="VENDOR-7"),
            Principal("client:orders-1", frozenset({Role.ORDERS, Role.VENDOR}), "VENDOR-7"),
        ),
    ],
    ids=[
        "vendor",
        "auditor",
        "admin",
        "second audience",
        "several audiences",
        "vendor and auditor",
        "orders machine",
        "vendor machine",
        "machine of two scopes",
    ],
)
def test_a_good_token_makes_its_principal(
    verifier: TokenVerifier, authorization: str, principal: Principal
) -> None:
    assert verifier.principal(authorization) == principal


@pytest.mark.parametrize(
    "authorization",
    [
        _person(),
        _person("customer"),
        _person("ADMIN"),
        _person("orders"),
        _person("admin", **{"cognito:groups": "admin"}),
        _person("admin", **{"cognito:groups": None}),
        _person("admin", **{"cognito:groups": {"admin": True}}),
        _person("customer", **{"cognito:groups": [["admin"], {"a": 1}, None]}),
        _person("customer", scope="inventory/orders"),
        _machine(""),
        _machine("inventory/orders.read inventory/order"),
        _machine("inventory/admin"),
        _machine("openid", **{"cognito:groups": ["admin"]}),
        _signed(_claims("access")),
    ],
    ids=map(str, count()),
)
def test_a_good_token_without_a_known_group_or_scope_has_no_role(
    verifier: TokenVerifier, authorization: str
) -> None:
    assert verifier.principal(authorization).roles == frozenset()


@pytest.mark.parametrize(
    "authorization",
    [_person("auditor", **VENDOR), _machine("inventory/orders", vendor_id="VENDOR-1")],
    ids=["person", "machine"],
)
def test_a_vendor_id_counts_for_vendors_alone(verifier: TokenVerifier, authorization: str) -> None:
    assert verifier.principal(authorization).vendor_id is None


def test_a_person_s_vendor_id_is_not_a_machine_s(verifier: TokenVerifier) -> None:
    for token in (_person("vendor", vendor_id="VENDOR-1"), _machine("inventory/vendor", **VENDOR)):
        with pytest.raises(Unauthenticated):
            verifier.principal(token)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_may_be_written_in_any_capitals(verifier: TokenVerifier, scheme: str) -> None:
    token = _person("admin").removeprefix("Bearer ")
    assert Role.ADMIN in verifier.principal(f"{scheme}   {token} ").roles


# What is no good token


@pytest.mark.parametrize(
    "authorization",
    ["", " ", "Bearer", "Bearer ", "Bearer  ", "Basic x", "Basic", "x", "Bearerx", "Token " + "a.b.c"],
)
def test_a_header_without_a_bearer_token_is_refused(verifier: TokenVerifier, authorization: str) -> None:
    with pytest.raises(Unauthenticated, match="Bearer"):
        verifier.principal(authorization)


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer x",
        "Bearer a.b",
        "Bearer a.b.c",
        "Bearer ...",
        "Bearer a.b.c.d",
        "Bearer " + "a" * 10_000,
        "Bearer \u00e9.\u00e9.\u00e9",
        "Bearer \ud800.a.b",
        _raw(b"[" * 5_000, {}, lambda _: b""),
        _raw(b"[]", {}, lambda _: b""),
        _raw(b"null", {}, lambda _: b""),
        _raw(b"\xff", {}, lambda _: b""),
        _raw({}, {}, lambda _: b""),
        _raw({"alg": ["RS256"], "kid": "key-1"}, {}, lambda _: b""),
        _raw({"alg": "RS256", "kid": ["key-1"]}, {}, lambda _: b""),
        _raw({"alg": "RS256", "kid": "key-1", "b64": False}, {}, lambda _: b""),
        _raw({"alg": "RS256", "kid": "key-1", "crit": ["x"]}, {}, lambda _: b""),
        _raw({"alg": "RS256", "kid": "key-1"}, {}, lambda _: b"signature"),
        _person("admin") + "x",
        _person("admin") + ".x",
    ],
    ids=map(str, count()),
)
def test_garbage_is_refused(verifier: TokenVerifier, authorization: str) -> None:
    with pytest.raises(Unauthenticated):
        verifier.principal(authorization)


@pytest.mark.parametrize(
    ("make", "role", "changes"),
    [
        (_person, "admin", {"exp": int(time.time()) - 1}),
        (_person, "admin", {"exp": 0}),
        (_person, "admin", {"exp": None}),
        (_person, "admin", {"exp": "soon"}),
        (_person, "admin", {"exp": 1e400}),
        (_person, "admin", {"nbf": int(time.time()) + 100}),
        (_person, "admin", {"sub": None}),
        (_person, "admin", {"sub": 7}),
        (_person, "admin", {"iss": None}),
        (_person, "admin", {"iss": ISSUER + "/"}),
        (_person, "admin", {"iss": [ISSUER]}),
        (_person, "admin", {"aud": None}),
        (_person, "admin", {"aud": "shop2"}),
        (_person, "admin", {"aud": "sho"}),
        (_person, "admin", {"aud": []}),
        (_person, "admin", {"aud": ["other"]}),
        (_person, "admin", {"aud": [["shop"]]}),
        (_person, "admin", {"aud": {"shop": 1}}),
        (_person, "admin", {"aud": "orders-1"}),
        (_person, "admin", {"token_use": None}),
        (_person, "admin", {"token_use": "refresh"}),
        (_person, "admin", {"token_use": ["id"]}),
        (_person, "admin", {"token_use": "access"}),
        (_machine, "inventory/orders", {"client_id": "orders-2"}),
        (_machine, "inventory/orders", {"client_id": None}),
        (_machine, "inventory/orders", {"client_id": "shop"}),
        (_machine, "inventory/orders", {"token_use": "id"}),
        (_machine, "inventory/orders", {"exp": int(time.time()) - 1}),
        (_machine, "inventory/orders", {"iss": "https://other.example"}),
    ],
)
def test_a_token_with_another_claim_than_it_must_have_is_refused(
    verifier: TokenVerifier, make: Callable[..., str], role: str, changes: dict[str, Any]
) -> None:
    assert verifier.principal(make(role)).roles
    with pytest.raises(Unauthenticated):
        verifier.principal(make(role, **changes))


@pytest.mark.parametrize(
    "vendor_id", [None, "", "VENDOR-", "vendor-001", "VENDOR-001\n", "VENDOR-" + "A" * 33, 1, ["VENDOR-001"]]
)
def test_a_vendor_s_token_without_a_vendor_id_of_the_right_form_is_refused(
    verifier: TokenVerifier, vendor_id: object
) -> None:
    for token in (
        _person("vendor", **{"custom:vendor_id": vendor_id}),
        _person("vendor", "admin", **{"custom:vendor_id": vendor_id}),
        _machine("inventory/vendor", vendor_id=vendor_id),
    ):
        with pytest.raises(Unauthenticated, match="vendor"):
            verifier.principal(token)


ADMIN = _claims("id", **{"cognito:groups": ["admin"]})


@pytest.mark.parametrize(
    "authorization",
    [
        _signed(ADMIN, OTHER_KEY),
        _signed(ADMIN, headers={"kid": "key-2"}),
        _signed(ADMIN, headers={}),
        _signed(ADMIN, None, "none"),
        _signed(ADMIN, KEY, "RS512"),
        _signed(ADMIN, KEY, "PS256"),
        _raw({"alg": "none", "typ": "JWT", "kid": "key-1"}, ADMIN, lambda _: b""),
        _raw({"alg": "RS256", "kid": "key-1"}, ADMIN, lambda _: b""),
        _raw({"alg": "HS256", "kid": "key-1"}, ADMIN, lambda text: hmac.digest(PUBLIC_PEM, text, sha256)),
        _raw({"alg": "HS256", "kid": "key-1"}, ADMIN, lambda text: hmac.digest(b"", text, sha256)),
        _raw({"alg": "rs256", "kid": "key-1"}, ADMIN, lambda _: b"x"),
        _raw(
            {"alg": "RS256", "kid": "key-2", "jwk": _jwk(OTHER_KEY, "key-2")},
            ADMIN,
            lambda text: jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(
                text, OTHER_KEY
            ),
        ),
    ],
    ids=[
        "signed by somebody else",
        "unknown key",
        "no key",
        "unsigned",
        "RS512",
        "PS256",
        "unsigned with a key",
        "no signature",
        "HS256 with the public key",
        "HS256 with nothing",
        "small letters",
        "brings its own key",
    ],
)
def test_a_token_that_the_issuer_did_not_sign_is_refused(verifier: TokenVerifier, authorization: str) -> None:
    with pytest.raises(Unauthenticated):
        verifier.principal(authorization)


def test_a_token_with_another_claim_under_the_old_signature_is_refused(verifier: TokenVerifier) -> None:
    header, _, signature = _person("auditor").split(".")
    payload = urlsafe_b64encode(json.dumps(ADMIN).encode()).decode().rstrip("=")
    with pytest.raises(Unauthenticated):
        verifier.principal(f"{header}.{payload}.{signature}")


def test_a_token_from_a_clock_ahead_of_ours_is_accepted(verifier: TokenVerifier) -> None:
    assert verifier.principal(_person("admin", iat=int(time.time()) + 60)).roles == {Role.ADMIN}


@pytest.mark.parametrize(("characters", "accepted"), [(57, True), (59, True), (60, False), (10_000, False)])
def test_a_subject_fits_into_a_log_record_or_is_refused(
    verifier: TokenVerifier, characters: int, accepted: bool
) -> None:
    token = _person("admin", sub="s" * characters)
    if accepted:
        assert len(verifier.principal(token).name) <= 64
    else:
        with pytest.raises(Unauthenticated, match="too long: log records have 57 characters for it"):
            verifier.principal(token)


@pytest.mark.parametrize(
    "subject",
    ["\U0001f600" * 59, "\u00e9" * 59, "a\nb", "a\0", "\ud800"],
    ids=["emoji", "accents", "line end", "null", "surrogate"],
)
def test_a_subject_that_a_log_record_has_no_room_or_no_form_for_is_refused(
    verifier: TokenVerifier, subject: str
) -> None:
    # A record has 64 bytes for the name and stays below 1 KB; OpenID Connect's subjects are ASCII.
    with pytest.raises(Unauthenticated):
        verifier.principal(_person("admin", sub=subject))


def test_a_long_subject_is_no_trouble_for_a_vendor(verifier: TokenVerifier) -> None:
    assert verifier.principal(_person("vendor", sub="s" * 500, **VENDOR)).name == "VENDOR-001"


@given(st.text())
def test_any_header_is_refused_as_unauthenticated(authorization: str) -> None:
    offline = TokenVerifier("http://127.0.0.1:1/", ISSUER, ["shop"], ["orders-1"])
    for header in (authorization, f"Bearer {authorization}"):
        with pytest.raises(Unauthenticated):
            offline.principal(header)


@pytest.mark.parametrize(
    "header",
    [{"alg": "RS256", "kid": "k", "crit": ["\ud800"]}, {"alg": "\ud800"}, {"alg": "RS256", "kid": "\ud800"}],
)
def test_a_refusal_can_be_written_in_utf_8_whatever_the_token_holds(
    verifier: TokenVerifier, header: dict[str, Any]
) -> None:
    with pytest.raises(Unauthenticated) as refused:
        verifier.principal(_raw(header, {}, lambda _: b"x"))
    assert refused.value.detail.encode()


def test_a_refusal_does_not_grow_with_the_token(verifier: TokenVerifier) -> None:
    for header in ({"alg": "RS256", "crit": ["x" * 9_000]}, {"alg": "RS256", "kid": "x" * 9_000}):
        with pytest.raises(Unauthenticated) as refused:
            verifier.principal(_raw(header, {}, lambda _: b"x"))
        assert len(refused.value.detail) < 500


def test_a_refusal_says_the_first_200_characters_of_why(verifier: TokenVerifier) -> None:
    with pytest.raises(Unauthenticated) as refused:
        verifier.principal(_person("admin", exp=0))
    assert refused.value.detail == "The token does not verify: Signature has expired."
    with pytest.raises(Unauthenticated) as refused:
        verifier.principal(_raw({"alg": "RS256", "kid": "key-1", "crit": ["x" * 9_000]}, {}, lambda _: b"x"))
    assert len(refused.value.detail) == len("The token does not verify: ") + 200 + len(".")


def test_what_is_asked_of_the_jwt_library(verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch) -> None:
    """Word for word: what is left out here is not checked, or only as long as the library's defaults last."""
    asked: list[dict[str, Any]] = []
    decode = jwt.decode

    def recording(token: str, key: Any, **options: Any) -> Any:
        asked.append(options)
        return decode(token, key, **options)

    monkeypatch.setattr(jwt, "decode", recording)
    verifier.principal(_person("admin", jti="asked"))
    assert asked == [
        {
            "algorithms": ["RS256"],
            "issuer": ISSUER,
            "options": {"require": ["exp", "iss", "sub"], "verify_aud": False, "verify_iat": False},
        }
    ]


# The issuer's keys


def test_keys_are_fetched_when_the_first_token_comes_and_kept(issuer: Issuer) -> None:
    verifier = issuer.verifier()
    assert issuer.fetches == 0
    for groups in (["admin"], ["auditor"], []):
        verifier.principal(_person(*groups))
    assert issuer.fetches == 1


def test_tokens_that_name_unknown_keys_do_not_make_a_fetch_each(issuer: Issuer) -> None:
    verifier = issuer.verifier()
    for number in range(20):
        with pytest.raises(Unauthenticated):
            verifier.principal(_signed(ADMIN, headers={"kid": f"unknown-{number}"}))
    assert issuer.fetches <= 2


def test_no_key_is_fetched_for_what_is_no_token_of_the_right_form(issuer: Issuer) -> None:
    verifier = issuer.verifier()
    for header in (None, "", "Basic x", "Bearer x", "Bearer a.b.c", _signed(ADMIN, None, "none")):
        try:
            assert verifier.principal(header) is ANYBODY
        except Unauthenticated:
            assert header is not None
    assert issuer.fetches == 0


def test_an_issuer_that_is_down_is_not_the_client_s_fault() -> None:
    issuer = Issuer()
    verifier = issuer.verifier()
    issuer.stop()
    with pytest.raises(IdentityUnavailable):
        verifier.principal(_person("admin"))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"{}"),
        (404, b"{}"),
        (200, b""),
        (200, b"<html>"),
        (200, b"\xff\xff"),
        (200, b'{"keys":[]}'),
        (200, b"{}"),
        (200, b'{"keys":1}'),
        (200, b'{"keys":[{"kty":"unheard"}]}'),
        (200, b"[]"),
        (200, json.dumps({"keys": [{**_jwk(KEY, "key-1"), "use": "enc"}]}).encode()),
    ],
)
def test_an_issuer_that_answers_without_keys_is_not_the_client_s_fault(
    issuer: Issuer, status: int, body: bytes
) -> None:
    issuer.status, issuer.body = status, body
    with pytest.raises(IdentityUnavailable):
        issuer.verifier().principal(_person("admin"))


def test_an_issuer_that_is_back_is_asked_again_at_once(issuer: Issuer) -> None:
    verifier = issuer.verifier()
    issuer.status = 500
    with pytest.raises(IdentityUnavailable):
        verifier.principal(_person("admin"))
    issuer.status = 200
    assert verifier.principal(_person("admin")).roles == {Role.ADMIN}


@pytest.mark.parametrize(
    "failure", [jwt.PyJWKClientConnectionError("away"), ValueError("no JSON"), OSError("reset")], ids=repr
)
def test_an_issuer_that_fails_when_asked_for_a_newer_key_is_not_the_client_s_fault(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fail(*_: Any) -> None:
        raise failure

    monkeypatch.setattr(jwt.PyJWKClient, "get_signing_key", fail)
    with pytest.raises(IdentityUnavailable):
        issuer.verifier().principal(_signed(ADMIN, headers={"kid": "key-2"}))


def test_keys_are_waited_for_three_seconds(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[Any] = []
    client = jwt.PyJWKClient

    def recording(url: str, **options: Any) -> Any:
        waits.append(options)
        return client(url, **options)

    monkeypatch.setattr(jwt, "PyJWKClient", recording)
    issuer.verifier().principal(_person("admin"))
    assert waits == [{"timeout": 3}]


def test_an_issuer_that_hangs_up_is_not_the_client_s_fault(issuer: Issuer) -> None:
    issuer.hangs_up = True
    with pytest.raises(IdentityUnavailable):
        issuer.verifier().principal(_person("admin"))


# Remembered tokens


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every token whose signature is checked, as it happens."""
    tokens: list[str] = []
    decode = jwt.decode

    def recording(token: str, *arguments: Any, **options: Any) -> Any:
        tokens.append(token)
        return decode(token, *arguments, **options)

    monkeypatch.setattr(jwt, "decode", recording)
    return tokens


def test_a_verified_token_is_not_verified_again_and_does_without_the_issuer(decoded: list[str]) -> None:
    issuer = Issuer()
    verifier = issuer.verifier()
    token = _person("admin")
    first = verifier.principal(token)
    issuer.stop()
    assert verifier.principal(token) == first
    assert len(decoded) == 1


def test_a_refused_token_is_refused_each_time(verifier: TokenVerifier, decoded: list[str]) -> None:
    token = _person("admin", aud="other")
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            verifier.principal(token)
    assert len(decoded) == 2


def _set_clocks(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    class Frozen(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(seconds, tz or UTC)

    monkeypatch.setattr(identity, "time", SimpleNamespace(time=lambda: seconds))
    monkeypatch.setattr(jwt.api_jwt, "datetime", Frozen)


def test_a_remembered_token_stops_at_its_expiry(
    verifier: TokenVerifier, decoded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    expires = int(time.time()) + 600
    token = _person("admin", exp=expires)
    assert verifier.principal(token).roles == {Role.ADMIN}
    _set_clocks(monkeypatch, expires - 0.001)
    assert verifier.principal(token).roles == {Role.ADMIN}
    assert len(decoded) == 1
    _set_clocks(monkeypatch, expires)
    with pytest.raises(Unauthenticated, match="expired"):
        verifier.principal(token)
    assert len(decoded) == 2
    _set_clocks(monkeypatch, expires + 3_600)
    with pytest.raises(Unauthenticated, match="expired"):
        verifier.principal(token)


def test_as_many_tokens_are_remembered_as_fit_and_then_none_of_them(
    verifier: TokenVerifier, decoded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert identity._REMEMBERED_TOKENS_MAX == 1_000
    monkeypatch.setattr(identity, "_REMEMBERED_TOKENS_MAX", 3)
    monkeypatch.setattr(verifier, "_verified", {})
    tokens = [_person("admin", jti=f"fits-{number}") for number in range(4)]
    for token in [*tokens[:3], *tokens[:3]]:
        verifier.principal(token)
    assert decoded == [token.removeprefix("Bearer ") for token in tokens[:3]]
    verifier.principal(tokens[3])
    verifier.principal(tokens[0])
    assert len(decoded) == 5


def test_the_memory_for_tokens_is_bounded(
    verifier: TokenVerifier, decoded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "_REMEMBERED_TOKENS_MAX", 3)
    tokens = [_person("admin", jti=str(number)) for number in range(10)]
    for token in tokens:
        verifier.principal(token)
    verifier.principal(tokens[-1])
    assert len(decoded) == 10
    verifier.principal(tokens[0])
    assert len(decoded) == 11


# What a principal reaches


VENDOR_ONE = Principal("VENDOR-001", frozenset({Role.VENDOR}), "VENDOR-001")
VENDOR_AND_AUDITOR = Principal("user:1", frozenset({Role.VENDOR, Role.AUDITOR}), "VENDOR-001")
VENDOR_AND_ORDERS = Principal("client:1", frozenset({Role.VENDOR, Role.ORDERS}), "VENDOR-001")
ORDERS = Principal("client:1", frozenset({Role.ORDERS}))
AUDITOR = Principal("user:1", frozenset({Role.AUDITOR}))
ADMINISTRATOR = Principal("user:1", frozenset({Role.ADMIN}))


@pytest.mark.parametrize(
    ("principal", "allowed", "scope"),
    [
        (VENDOR_ONE, {Role.VENDOR, Role.ADMIN}, Scope("VENDOR-001")),
        (ADMINISTRATOR, {Role.VENDOR, Role.ADMIN}, EVERYTHING),
        (AUDITOR, {Role.VENDOR, Role.AUDITOR}, EVERYTHING),
        (ORDERS, {Role.ORDERS}, EVERYTHING),
        (VENDOR_AND_AUDITOR, {Role.VENDOR, Role.AUDITOR, Role.ADMIN}, EVERYTHING),
        (VENDOR_AND_AUDITOR, {Role.VENDOR, Role.ADMIN}, Scope("VENDOR-001")),
        (VENDOR_AND_ORDERS, {Role.ORDERS, Role.ADMIN}, EVERYTHING),
        (VENDOR_AND_ORDERS, {Role.VENDOR, Role.ADMIN}, Scope("VENDOR-001")),
    ],
)
def test_a_vendor_reaches_its_own_things_unless_another_of_its_roles_reaches_all(
    principal: Principal, allowed: set[Role], scope: Scope
) -> None:
    assert principal.scope(allowed) == scope


@pytest.mark.parametrize(
    ("principal", "allowed"),
    [
        (VENDOR_ONE, {Role.ORDERS, Role.ADMIN}),
        (ORDERS, {Role.AUDITOR}),
        (ANYBODY, set(Role)),
        (ADMINISTRATOR, set()),
    ],
)
def test_a_principal_without_an_allowed_role_is_refused(principal: Principal, allowed: set[Role]) -> None:
    with pytest.raises(Forbidden):
        principal.scope(allowed)


def test_the_roles_are_these_four() -> None:
    assert [str(role) for role in Role] == ["vendor", "orders", "auditor", "admin"]


def test_a_refusal_names_the_roles_that_are_needed() -> None:
    with pytest.raises(Forbidden, match="one of the roles admin, auditor"):
        VENDOR_ONE.scope({Role.AUDITOR, Role.ADMIN})


def test_a_vendor_s_scope_covers_its_own_things_alone() -> None:
    assert Scope("VENDOR-001").covers("VENDOR-001")
    assert not Scope("VENDOR-001").covers("VENDOR-0011")
    assert not Scope("VENDOR-001").covers("VENDOR-000")
    assert EVERYTHING.covers("VENDOR-001")


@pytest.mark.parametrize(
    ("principal", "own", "others"),
    [
        (VENDOR_ONE, True, False),
        (VENDOR_AND_AUDITOR, True, True),
        (AUDITOR, True, True),
        (ADMINISTRATOR, True, True),
        (ORDERS, False, False),
        (ANYBODY, False, False),
    ],
)
def test_what_a_vendor_does_not_show_is_seen_by_itself_auditors_and_admins(
    principal: Principal, own: bool, others: bool
) -> None:
    assert principal.oversees("VENDOR-001") is own
    assert principal.oversees("VENDOR-002") is others


# The price of a cold start


def _fresh_interpreter(program: str) -> None:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_jwt_library_is_not_imported_before_the_first_token() -> None:
    _fresh_interpreter(
        "import sys\n"
        "from inventory_common.errors import Unauthenticated\n"
        "from inventory_common.identity import TokenVerifier\n"
        "import inventory_common.rest\n"
        "verifier = TokenVerifier('http://127.0.0.1:1/', 'i', ['a'], ['c'])\n"
        "verifier.principal(None)\n"
        "try:\n"
        "    verifier.principal('Basic x')\n"
        "except Unauthenticated:\n"
        "    pass\n"
        "assert not {'jwt', 'cryptography'} & set(sys.modules)\n"
        "try:\n"
        "    verifier.principal('Bearer x')\n"
        "except Unauthenticated:\n"
        "    pass\n"
        "assert 'jwt' in sys.modules\n"
    )


def test_a_service_that_only_reads_does_not_import_pydantic() -> None:
    _fresh_interpreter(
        "import sys\n"
        "import inventory_common.rest, inventory_common.requests, inventory_common.responses\n"
        "import inventory_common.products, inventory_common.skus, inventory_common.transactions\n"
        "assert 'pydantic' not in sys.modules\n"
    )
