import hmac
import json
import socket
import struct
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
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
from inventory_common.signing_keys import SigningKeys

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


class Clock:
    """A clock that a test moves."""

    seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


class Issuer:
    """Serves a JWKS on a free port."""

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
                    # Closing with a linger time of 0 seconds resets the connection.
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
    """A verifier that the tests of this module share."""
    issuer = Issuer()
    yield issuer.verifier()
    issuer.stop()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    yield issuer
    issuer.stop()


def _claims(token_use: str, /, **changes: Any) -> dict[str, Any]:
    """Return claims like Cognito's; a claim that is changed to None is left out."""
    common = {"sub": SUBJECT, "iss": ISSUER, "exp": int(time.time()) + 3_600, "iat": int(time.time())}
    claims: dict[str, Any] = {
        "id": {**common, "token_use": "id", "aud": "shop"},
        "access": {**common, "token_use": "access", "client_id": "orders-1"},
    }[token_use]
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


def _signed(
    claims: dict[str, Any], key: Any = KEY, algorithm: str = "RS256", headers: dict[str, Any] | None = None
) -> str:
    header = {"kid": "key-1"} if headers is None else headers
    # jwt.encode would refuse some of the claims that the verifier must refuse.
    return "Bearer " + jwt.api_jws.encode(json.dumps(claims).encode(), key, algorithm, headers=header)


def _user(*groups: str, **changes: Any) -> str:
    return _signed(_claims("id", **{"cognito:groups": list(groups), **changes}))


def _client(scope: str, **changes: Any) -> str:
    return _signed(_claims("access", scope=scope, **changes))


def _raw(header: dict[str, Any] | bytes, claims: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    parts = [
        header if isinstance(header, bytes) else json.dumps(header).encode(),
        json.dumps(claims).encode(),
    ]
    signed = b".".join(urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    return f"Bearer {signed.decode()}.{urlsafe_b64encode(sign(signed)).decode().rstrip('=')}"


VENDOR = {"custom:vendor_id": "VENDOR-001"}


# Principals of valid tokens


def test_a_request_without_a_token_has_the_principal_anybody(verifier: TokenVerifier) -> None:
    assert verifier.principal(None) is ANYBODY
    assert Principal("anonymous", frozenset()) == ANYBODY


@pytest.mark.parametrize(
    ("authorization", "principal"),
    [
        (_user("vendor", **VENDOR), Principal("VENDOR-001", frozenset({Role.VENDOR}), "VENDOR-001")),
        (_user("auditor"), Principal(f"user:{SUBJECT}", frozenset({Role.AUDITOR}))),
        (_user("admin"), Principal(f"user:{SUBJECT}", frozenset({Role.ADMIN}))),
        (_user("admin", aud="back-office"), Principal(f"user:{SUBJECT}", frozenset({Role.ADMIN}))),
        (_user("admin", aud=["other", "shop"]), Principal(f"user:{SUBJECT}", frozenset({Role.ADMIN}))),
        (
            _user("vendor", "auditor", **VENDOR),
            Principal(f"user:{SUBJECT}", frozenset({Role.VENDOR, Role.AUDITOR}), "VENDOR-001"),
        ),
        (_user("orders"), Principal(f"user:{SUBJECT}", frozenset({Role.DESK}))),
        (_client("inventory/orders"), Principal("client:orders-1", frozenset({Role.ORDERS}))),
        (
            _client("openid inventory/vendor", client_id="vendor-1", vendor_id="VENDOR-7"),
            Principal("VENDOR-7", frozenset({Role.VENDOR}), "VENDOR-7"),
        ),
        (
            _client("inventory/orders inventory/vendor", vendor_id="VENDOR-7"),
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
        "order desk",
        "orders machine",
        "vendor machine",
        "machine of two scopes",
    ],
)
def test_a_valid_token_identifies_its_principal(
    verifier: TokenVerifier, authorization: str, principal: Principal
) -> None:
    assert verifier.principal(authorization) == principal


@pytest.mark.parametrize(
    "authorization",
    [
        _user(),
        _user("customer"),
        _user("ADMIN"),
        _user("desk"),
        _user("admin", **{"cognito:groups": None}),
        _user("customer", scope="inventory/orders"),
        _client(""),
        _client("inventory/orders.read inventory/order"),
        _client("inventory/admin"),
        _client("openid", **{"cognito:groups": ["admin"]}),
        _signed(_claims("access")),
    ],
    ids=map(str, count()),
)
def test_a_valid_token_without_a_known_group_or_scope_has_no_role(
    verifier: TokenVerifier, authorization: str
) -> None:
    assert verifier.principal(authorization).roles == frozenset()


@pytest.mark.parametrize(
    "authorization",
    [_user("auditor", **VENDOR), _client("inventory/orders", vendor_id="VENDOR-1")],
    ids=["person", "machine"],
)
def test_the_vendor_id_of_another_role_is_ignored(verifier: TokenVerifier, authorization: str) -> None:
    assert verifier.principal(authorization).vendor_id is None


def test_the_vendor_id_of_a_user_and_that_of_a_machine_are_different_claims(verifier: TokenVerifier) -> None:
    for token in (_user("vendor", vendor_id="VENDOR-1"), _client("inventory/vendor", **VENDOR)):
        with pytest.raises(Unauthenticated):
            verifier.principal(token)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_case_insensitive(verifier: TokenVerifier, scheme: str) -> None:
    token = _user("admin").removeprefix("Bearer ")
    assert Role.ADMIN in verifier.principal(f"{scheme}   {token} ").roles


# Invalid tokens


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
        _user("admin") + "x",
        _user("admin") + ".x",
    ],
    ids=map(str, count()),
)
def test_a_malformed_token_is_refused(verifier: TokenVerifier, authorization: str) -> None:
    with pytest.raises(Unauthenticated):
        verifier.principal(authorization)


@pytest.mark.parametrize(
    ("make", "role", "changes"),
    [
        (_user, "admin", {"exp": int(time.time()) - 1}),
        (_user, "admin", {"exp": 0}),
        (_user, "admin", {"exp": None}),
        (_user, "admin", {"exp": "soon"}),
        (_user, "admin", {"exp": 1e400}),
        (_user, "admin", {"nbf": int(time.time()) + 100_000}),
        (_user, "admin", {"sub": None}),
        (_user, "admin", {"sub": 7}),
        (_user, "admin", {"iss": None}),
        (_user, "admin", {"iss": ISSUER + "/"}),
        (_user, "admin", {"iss": [ISSUER]}),
        (_user, "admin", {"aud": None}),
        (_user, "admin", {"aud": "shop2"}),
        (_user, "admin", {"aud": "sho"}),
        (_user, "admin", {"aud": []}),
        (_user, "admin", {"aud": ["other"]}),
        (_user, "admin", {"aud": [["shop"]]}),
        (_user, "admin", {"aud": {"shop": 1}}),
        (_user, "admin", {"aud": "orders-1"}),
        (_user, "admin", {"token_use": None}),
        (_user, "admin", {"token_use": "refresh"}),
        (_user, "admin", {"token_use": ["id"]}),
        (_user, "admin", {"token_use": "access"}),
        (_client, "inventory/orders", {"client_id": "orders-2"}),
        (_client, "inventory/orders", {"client_id": None}),
        (_client, "inventory/orders", {"client_id": "shop"}),
        (_client, "inventory/orders", {"token_use": "id"}),
        (_client, "inventory/orders", {"exp": int(time.time()) - 1}),
        (_client, "inventory/orders", {"iss": "https://other.example"}),
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(
    verifier: TokenVerifier, make: Callable[..., str], role: str, changes: dict[str, Any]
) -> None:
    assert verifier.principal(make(role)).roles
    with pytest.raises(Unauthenticated):
        verifier.principal(make(role, **changes))


HUGE = int("9" * 400)
NOT_MOMENTS = [HUGE, -1, -HUGE, -0.5, 1e300, 1e400, float("nan"), True, False, "1", "", [], {}, [1]]
ODD = [7, True, 1.5, ["a"], [["a"]], {"a": 1}, [None], [{}], [HUGE]]


@pytest.mark.parametrize(
    ("token_use", "claim", "given"),
    [
        *(("id", claim, given) for claim in ("nbf", "iat", "exp") for given in NOT_MOMENTS),
        *(("access", "exp", given) for given in NOT_MOMENTS),
        *(("access", claim, given) for claim in ("client_id", "scope") for given in ODD),
        *(("id", claim, given) for claim in ("client_id", "scope") for given in ODD),
        *(("id", "cognito:groups", given) for given in ("admin", 7, True, {"admin": True}, [["admin"]])),
        *(("id", "cognito:groups", given) for given in ([None], ["admin", {"a": 1}], ["admin", HUGE])),
        *(("id", "aud", given) for given in (7, {"shop": 1}, [["shop"]], ["shop", 7], ["shop", ["shop"]])),
        *(("id", claim, given) for claim in ("sub", "iss", "token_use", "jti") for given in ODD),
        ("access", "scope", ["a", "x inventory/orders x"]),
    ],
    ids=lambda given: repr(given)[:20],
)
def test_a_signed_token_with_a_claim_of_an_odd_type_is_refused(
    verifier: TokenVerifier, token_use: str, claim: str, given: object
) -> None:
    with pytest.raises(Unauthenticated):
        verifier.principal(_signed({**_claims(token_use), claim: given}))


@pytest.mark.parametrize("claim", ["exp", "nbf", "iat", "cognito:groups", "scope"])
def test_a_claim_that_is_null_is_refused(verifier: TokenVerifier, claim: str) -> None:
    with pytest.raises(Unauthenticated):
        verifier.principal(_signed({**_claims("id"), claim: None}))


def test_a_time_in_a_token_may_have_a_fraction(verifier: TokenVerifier) -> None:
    now = time.time()
    token = _user("admin", exp=now + 600.5, nbf=now - 0.5, iat=0.0)
    assert verifier.principal(token).roles == {Role.ADMIN}


json_claims = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([HUGE, -HUGE]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
CLAIMS = ("sub", "iss", "exp", "nbf", "iat", "jti", "aud", "token_use", "client_id", "scope", "vendor_id")


@given(
    st.sampled_from(["id", "access"]),
    st.dictionaries(
        st.sampled_from([*CLAIMS, "cognito:groups", "custom:vendor_id"]), json_claims, max_size=3
    ),
)
def test_a_signed_token_is_accepted_or_refused_whatever_its_claims_are(
    verifier: TokenVerifier, token_use: str, changes: dict[str, Any]
) -> None:
    with suppress(Unauthenticated):
        assert verifier.principal(_signed({**_claims(token_use), **changes})).name


def test_the_claims_may_be_nested_deeper_than_python_reads(verifier: TokenVerifier) -> None:
    for claims in (b"[" * 100_000, b'{"a":' * 100_000, b'{"exp":' + b"9" * 5_000 + b"}", b"NaN", b"\xff"):
        token = jwt.api_jws.encode(claims, KEY, "RS256", headers={"kid": "key-1"})
        with pytest.raises(Unauthenticated):
            verifier.principal(f"Bearer {token}")


def test_the_error_shows_the_beginning_of_a_token_use(verifier: TokenVerifier) -> None:
    with pytest.raises(Unauthenticated) as refused:
        verifier.principal(_user("admin", token_use="refr\u00e9sh" + "h" * 9_000))
    assert "token_use is 'refr\\xe9shhh" in refused.value.detail
    assert len(refused.value.detail) < 300


@pytest.mark.parametrize(
    "vendor_id", [None, "", "VENDOR-", "vendor-001", "VENDOR-001\n", "VENDOR-" + "A" * 33, 1, ["VENDOR-001"]]
)
def test_a_token_of_a_vendor_without_a_valid_vendor_id_is_refused(
    verifier: TokenVerifier, vendor_id: object
) -> None:
    for token in (
        _user("vendor", **{"custom:vendor_id": vendor_id}),
        _user("vendor", "admin", **{"custom:vendor_id": vendor_id}),
        _client("inventory/vendor", vendor_id=vendor_id),
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
        "signed with another key",
        "unknown key",
        "no key",
        "unsigned",
        "RS512",
        "PS256",
        "unsigned with a key",
        "no signature",
        "HS256 with the public key",
        "HS256 with nothing",
        "algorithm in small letters",
        "key in the token itself",
    ],
)
def test_a_token_that_the_issuer_did_not_sign_is_refused(verifier: TokenVerifier, authorization: str) -> None:
    with pytest.raises(Unauthenticated):
        verifier.principal(authorization)


def test_a_token_whose_claims_were_changed_after_signing_is_refused(verifier: TokenVerifier) -> None:
    header, _, signature = _user("auditor").split(".")
    payload = urlsafe_b64encode(json.dumps(ADMIN).encode()).decode().rstrip("=")
    with pytest.raises(Unauthenticated):
        verifier.principal(f"{header}.{payload}.{signature}")


def test_a_token_from_an_issuer_whose_clock_is_ahead_is_accepted(verifier: TokenVerifier) -> None:
    assert verifier.principal(_user("admin", iat=int(time.time()) + 60)).roles == {Role.ADMIN}


@pytest.mark.parametrize(("characters", "accepted"), [(57, True), (59, True), (60, False), (10_000, False)])
def test_a_subject_fits_into_a_log_record_or_is_refused(
    verifier: TokenVerifier, characters: int, accepted: bool
) -> None:
    token = _user("admin", sub="s" * characters)
    if accepted:
        assert len(verifier.principal(token).name) <= 64
    else:
        with pytest.raises(Unauthenticated, match="too long: at most 57 characters fit a log record"):
            verifier.principal(token)


@pytest.mark.parametrize(
    "subject",
    ["\U0001f600" * 59, "\u00e9" * 59, "a\nb", "a\0", "\ud800"],
    ids=["emoji", "accents", "line end", "null", "surrogate"],
)
def test_a_subject_that_is_not_printable_ascii_is_refused(verifier: TokenVerifier, subject: str) -> None:
    # The name in a log record has at most 64 bytes, and the record less than 1 KB; OpenID subjects are ASCII.
    with pytest.raises(Unauthenticated):
        verifier.principal(_user("admin", sub=subject))


def test_a_vendor_may_have_a_long_subject(verifier: TokenVerifier) -> None:
    assert verifier.principal(_user("vendor", sub="s" * 500, **VENDOR)).name == "VENDOR-001"


@given(st.text())
def test_any_header_without_a_valid_token_is_refused(authorization: str) -> None:
    offline = TokenVerifier("http://127.0.0.1:1/", ISSUER, ["shop"], ["orders-1"])
    for header in (authorization, f"Bearer {authorization}"):
        with pytest.raises(Unauthenticated):
            offline.principal(header)


@pytest.mark.parametrize(
    "header",
    [{"alg": "RS256", "kid": "k", "crit": ["\ud800"]}, {"alg": "\ud800"}, {"alg": "RS256", "kid": "\ud800"}],
)
def test_the_error_is_valid_utf_8_whatever_the_token_contains(
    verifier: TokenVerifier, header: dict[str, Any]
) -> None:
    with pytest.raises(Unauthenticated) as refused:
        verifier.principal(_raw(header, {}, lambda _: b"x"))
    assert refused.value.detail.encode()


def test_the_length_of_the_error_is_bounded(verifier: TokenVerifier) -> None:
    for header in ({"alg": "RS256", "crit": ["x" * 9_000]}, {"alg": "RS256", "kid": "x" * 9_000}):
        with pytest.raises(Unauthenticated) as refused:
            verifier.principal(_raw(header, {}, lambda _: b"x"))
        assert len(refused.value.detail) < 500


def test_the_error_has_the_first_200_characters_of_the_reason(verifier: TokenVerifier) -> None:
    with pytest.raises(Unauthenticated) as refused:
        verifier.principal(_user("admin", exp=0))
    assert refused.value.detail == "The token does not verify: Signature has expired."
    with pytest.raises(Unauthenticated) as refused:
        verifier.principal(_raw({"alg": "RS256", "kid": "key-1", "crit": ["x" * 9_000]}, {}, lambda _: b"x"))
    assert len(refused.value.detail) == len("The token does not verify: ") + 200 + len(".")


def test_the_options_of_the_jwt_library_are_exactly_these(
    verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing option would disable a check, or leave it to the defaults of the library's version."""
    used: list[dict[str, Any]] = []
    decode = jwt.decode

    def recording(token: str, key: Any, **options: Any) -> Any:
        used.append(options)
        return decode(token, key, **options)

    monkeypatch.setattr(jwt, "decode", recording)
    verifier.principal(_user("admin", jti="options"))
    assert used == [
        {
            "algorithms": ["RS256"],
            "issuer": ISSUER,
            "options": {"require": ["exp", "iss", "sub"], "verify_aud": False, "verify_iat": False},
        }
    ]


# The issuer's keys


def test_keys_are_fetched_for_the_first_token_and_cached(issuer: Issuer) -> None:
    verifier = issuer.verifier()
    assert issuer.fetches == 0
    for groups in (["admin"], ["auditor"], []):
        verifier.principal(_user(*groups))
    assert issuer.fetches == 1


def test_tokens_with_unknown_keys_do_not_cause_a_fetch_each(issuer: Issuer) -> None:
    verifier = issuer.verifier()
    for number in range(20):
        with pytest.raises(Unauthenticated):
            verifier.principal(_signed(ADMIN, headers={"kid": f"unknown-{number}"}))
    assert issuer.fetches <= 2


def test_no_key_is_fetched_for_a_malformed_token(issuer: Issuer) -> None:
    verifier = issuer.verifier()
    for header in (None, "", "Basic x", "Bearer x", "Bearer a.b.c", _signed(ADMIN, None, "none")):
        try:
            assert verifier.principal(header) is ANYBODY
        except Unauthenticated:
            assert header is not None
    assert issuer.fetches == 0


def test_identity_is_unavailable_while_the_issuer_is_down() -> None:
    issuer = Issuer()
    verifier = issuer.verifier()
    issuer.stop()
    with pytest.raises(IdentityUnavailable):
        verifier.principal(_user("admin"))


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
def test_identity_is_unavailable_if_the_issuer_responds_without_keys(
    issuer: Issuer, status: int, body: bytes
) -> None:
    issuer.status, issuer.body = status, body
    with pytest.raises(IdentityUnavailable):
        issuer.verifier().principal(_user("admin"))


def test_keys_are_fetched_again_once_the_issuer_responds(issuer: Issuer) -> None:
    clock = Clock()
    verifier = issuer.verifier()
    verifier._keys = SigningKeys(issuer.url, clock)
    issuer.status = 500
    with pytest.raises(IdentityUnavailable):
        verifier.principal(_user("admin"))
    issuer.status = 200
    clock.seconds += 5
    assert verifier.principal(_user("admin")).roles == {Role.ADMIN}


def test_identity_is_unavailable_if_the_issuer_closes_the_connection(issuer: Issuer) -> None:
    issuer.hangs_up = True
    with pytest.raises(IdentityUnavailable):
        issuer.verifier().principal(_user("admin"))


# Cached tokens


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens whose signatures were checked."""
    tokens: list[str] = []
    decode = jwt.decode

    def recording(token: str, *arguments: Any, **options: Any) -> Any:
        tokens.append(token)
        return decode(token, *arguments, **options)

    monkeypatch.setattr(jwt, "decode", recording)
    return tokens


def test_a_verified_token_is_not_verified_again_and_needs_no_issuer(decoded: list[str]) -> None:
    issuer = Issuer()
    verifier = issuer.verifier()
    token = _user("admin")
    first = verifier.principal(token)
    issuer.stop()
    assert verifier.principal(token) == first
    assert len(decoded) == 1


def test_a_cached_token_ends_when_its_key_is_withdrawn(issuer: Issuer, decoded: list[str]) -> None:
    clock = Clock()
    verifier = issuer.verifier()
    verifier._keys = SigningKeys(issuer.url, clock)
    token = _user("admin")
    verifier.principal(token)
    issuer.body = json.dumps({"keys": [_jwk(OTHER_KEY, "key-2")]}).encode()
    clock.seconds += 299
    verifier.principal(token)  # with the keys of 299 s ago, while they are fetched again
    assert len(decoded) == 1
    clock.seconds += 1
    with pytest.raises(Unauthenticated, match="does not publish"):
        verifier.principal(token)


def test_a_cached_token_ends_with_the_keys_even_if_the_issuer_is_down(issuer: Issuer) -> None:
    clock = Clock()
    verifier = issuer.verifier()
    verifier._keys = SigningKeys(issuer.url, clock)
    token = _user("admin")
    verifier.principal(token)
    issuer.status = 500
    clock.seconds += 299.9
    verifier.principal(token)
    clock.seconds += 0.1
    with pytest.raises(IdentityUnavailable):
        verifier.principal(token)


def test_a_cached_token_is_not_verified_again_while_the_keys_stay_the_same(
    issuer: Issuer, decoded: list[str]
) -> None:
    clock = Clock()
    verifier = issuer.verifier()
    verifier._keys = SigningKeys(issuer.url, clock)
    for _ in range(3):
        verifier.principal(_user("admin", iat=0, exp=2_000_000_000))
        clock.seconds += 149
    clock.seconds += 149
    verifier._keys.key("key-1")
    verifier.principal(_user("admin", iat=0, exp=2_000_000_000))
    assert issuer.fetches > 1
    assert len(decoded) == 1


def test_a_refused_token_is_refused_each_time(verifier: TokenVerifier, decoded: list[str]) -> None:
    token = _user("admin", aud="other")
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


def test_a_cached_token_expires(
    verifier: TokenVerifier, decoded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    expires = int(time.time()) + 600
    token = _user("admin", exp=expires)
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


def test_the_cache_of_tokens_is_cleared_when_it_is_full(
    verifier: TokenVerifier, decoded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert identity._CACHED_TOKENS_MAX == 1_000
    monkeypatch.setattr(identity, "_CACHED_TOKENS_MAX", 3)
    monkeypatch.setattr(verifier, "_verified", {})
    tokens = [_user("admin", jti=f"fits-{number}") for number in range(4)]
    for token in [*tokens[:3], *tokens[:3]]:
        verifier.principal(token)
    assert decoded == [token.removeprefix("Bearer ") for token in tokens[:3]]
    verifier.principal(tokens[3])
    verifier.principal(tokens[0])
    assert len(decoded) == 5


def test_the_cache_of_tokens_is_bounded(
    verifier: TokenVerifier, decoded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "_CACHED_TOKENS_MAX", 3)
    tokens = [_user("admin", jti=str(number)) for number in range(10)]
    for token in tokens:
        verifier.principal(token)
    verifier.principal(tokens[-1])
    assert len(decoded) == 10
    verifier.principal(tokens[0])
    assert len(decoded) == 11


# Scopes of principals


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
def test_the_scope_of_a_vendor_is_its_own_unless_another_role_is_allowed_too(
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
    assert [str(role) for role in Role] == ["vendor", "orders", "desk", "auditor", "admin"]


def test_the_error_names_the_required_roles() -> None:
    with pytest.raises(Forbidden, match="One of the roles admin, auditor is required"):
        VENDOR_ONE.scope({Role.AUDITOR, Role.ADMIN})


def test_the_scope_of_a_vendor_covers_its_own_id_alone() -> None:
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
def test_a_vendor_is_overseen_by_itself_auditors_and_admins(
    principal: Principal, own: bool, others: bool
) -> None:
    assert principal.oversees("VENDOR-001") is own
    assert principal.oversees("VENDOR-002") is others


# Imports at a cold start


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


def test_a_service_that_reads_no_body_does_not_import_pydantic() -> None:
    _fresh_interpreter(
        "import sys\n"
        "import inventory_common.rest, inventory_common.requests, inventory_common.responses\n"
        "import inventory_common.products, inventory_common.skus, inventory_common.transactions\n"
        "assert 'pydantic' not in sys.modules\n"
    )


def test_a_machine_that_uses_orders_has_its_client_id_and_a_person_has_none(verifier: TokenVerifier) -> None:
    assert verifier.principal(_client("inventory/orders")).client_id == "orders-1"
    of_two_scopes = _client("inventory/orders inventory/vendor", vendor_id="VENDOR-7")
    assert verifier.principal(of_two_scopes).client_id == "orders-1"
    for group in ("orders", "admin"):
        assert verifier.principal(_user(group)).client_id is None
    # A subject cannot pass for a client.
    assert Principal("user:client:orders-1", frozenset({Role.ORDERS})).client_id is None
