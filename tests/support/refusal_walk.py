"""A walk over every route of a service with requests that must be refused (design 4 and 5).

A service's tests state who may use each of its routes, and with which request, in a table of their own: it is
compared with the routes of the application, so that a new route cannot be forgotten, and not with what the
application says of itself.  They derive from `RefusalWalk` and `OrderOfChecks`, whose tests run for each row.
"""

from __future__ import annotations

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from itertools import combinations
from typing import Any, ClassVar, Literal
from urllib.parse import urlencode

import jwt
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from front_door import AUDIENCE, ISSUER, MACHINE, ROLES, VENDOR_MACHINE, Answer, Client, Tokens, write

from inventory_common.errors import IdentityUnavailable
from inventory_common.identity import Role, TokenVerifier
from inventory_common.limits import REQUEST_BODY_MAX_BYTES

EVERYBODY = frozenset({"nobody", *ROLES})
EMPTY = "an empty list"
SERVED = "served"
ANOTHER_VENDOR = "VENDOR-999"
READS = frozenset({"BatchGetItem", "GetItem", "Query", "TransactGetItems"})
CONDITIONAL_WRITES = frozenset({"PutItem", "TransactWriteItems"})

Route = tuple[str, str]
"""Method and pattern."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A route as its service's tests state it: who may, and a request that is right in everything.

    Attributes
    ----------
    may
        The roles that may use it; "nobody" is who sends no token.
    looks_at_tokens
        Whether a bad token is refused, even where none is needed.
    another_vendor
        What a vendor is answered whose thing it is not: the code of a problem, `EMPTY` or `SERVED`; None
        where vendors may not at all.
    writing
        What of the right request is otherwise in one that writes, where the right one only repeats.
    severally
        Whether the answer tells of each command what became of it.
    absent
        Path parameters of what does not exist, and `not_found` the code that answers them.
    throttled
        The code that answers while AWS lets no call through.
    """

    allowed_roles: frozenset[str]
    looks_at_tokens: bool = True
    another_vendor: str | None = None
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    idempotency: Literal["required", "optional"] | None = None
    paged: bool = False
    versioned: bool = False
    per_item: bool = False
    writing: Mapping[str, Any] = field(default_factory=dict)
    absent: Mapping[str, str] | None = None
    not_found: str = ""
    throttled: str = "database_unavailable"

    def __post_init__(self) -> None:
        vendors_may = "vendor" in self.allowed_roles and self.looks_at_tokens
        assert vendors_may == (self.another_vendor is not None), "say what another vendor is answered"

    @property
    def is_public(self) -> bool:
        return "nobody" in self.allowed_roles


Table = Mapping[Route, Row]

OWN_ROUTES: Table = {
    ("GET", path): Row(allowed_roles=EVERYBODY, looks_at_tokens=False)
    for path in ("/health", "/openapi.json", "/docs", "/docs/redoc.standalone.js")
}
"""What every service has, for anybody; no token is looked at."""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A request to a route; `tail` follows the body's JSON."""

    route: Route
    paths: Mapping[str, str]
    query: tuple[tuple[str, str], ...]
    body: Any
    headers: Mapping[str, str]
    token: str | None
    tail: str = ""

    @classmethod
    def right(cls, route: Route, row: Row, paths: Mapping[str, str], token: str | None) -> Sent:
        """Make the request that is right in everything."""
        headers = {} if row.idempotency is None else {"idempotency_key": "key-of-the-walk"}
        return cls(route=route, paths=paths, query=row.query, body=row.body, headers=headers, token=token)

    def to(self, client: Client) -> Answer:
        method, pattern = self.route
        address = pattern.format(**self.paths)
        if self.query:
            address += f"?{urlencode(self.query)}"
        body = None if self.body is None else write(self.body) + self.tail
        return client.send(method, address, self.token, body, **self.headers)


def routes_of(app: Any) -> set[Route]:
    """Return what the application answers."""
    return {(method, path) for path, methods in app.routes.items() for method in methods}


@contextmanager
def aws_calls() -> Iterator[list[str]]:
    """Give the list of all calls to AWS that are made meanwhile, by whatever client, e.g. ``PutItem``."""
    made: list[str] = []
    call = BaseClient._make_api_call

    def noted(client: BaseClient, operation: str, arguments: Any) -> Any:
        made.append(operation)
        return call(client, operation, arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", noted)
        yield made


def stored(dynamodb: Any) -> dict[str, list[str]]:
    """Return all that is in the tables, in a form that can be compared."""
    return {
        table: sorted(json.dumps(item, sort_keys=True) for item in dynamodb.scan(TableName=table)["Items"])
        for table in dynamodb.list_tables()["TableNames"]
    }


# Tokens


def _admins(**differences: Any) -> dict[str, Any]:
    """Claims of the person who may everything: what spoils them must be all that stands against them."""
    return _claims(
        {"sub": "admin-1", "aud": AUDIENCE, "token_use": "id", "cognito:groups": ["admin"]}, differences
    )


def _machines(**differences: Any) -> dict[str, Any]:
    standing = {"sub": MACHINE, "client_id": MACHINE, "token_use": "access", "scope": "inventory/orders"}
    return _claims(standing, differences)


def _vendors(**differences: Any) -> dict[str, Any]:
    standing = {"sub": "vera", "aud": AUDIENCE, "token_use": "id", "cognito:groups": ["vendor"]}
    return _claims(standing | {"custom:vendor_id": "VENDOR-001"}, differences)


def _claims(standing: Mapping[str, Any], differences: Mapping[str, Any]) -> dict[str, Any]:
    claims = {"iss": ISSUER, "exp": int(time.time()) + 3600} | standing | differences
    return {name: value for name, value in claims.items() if value is not None}


def _signed(tokens: Tokens, claims: Mapping[str, Any], algorithm: str = "RS256", **header: Any) -> str:
    named = {"kid": "one"} | header
    return jwt.encode(dict(claims), tokens._key, algorithm=algorithm, headers=named)


def _by_hand(header: Mapping[str, Any], claims: Mapping[str, Any], sign: Callable[[bytes], bytes]) -> str:
    """Make a token that no library would make."""
    signed = f"{_encoded(json.dumps(header).encode())}.{_encoded(json.dumps(claims).encode())}"
    return f"{signed}.{_encoded(sign(signed.encode()))}"


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _unsigned(algorithm: str) -> str:
    return _by_hand({"alg": algorithm, "kid": "one", "typ": "JWT"}, _admins(), lambda _: b"")


def _signed_with_what_is_public(tokens: Tokens, encoding: Encoding) -> str:
    """Use the issuer's public key as if it were a shared secret."""
    secret = tokens._key.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    header = {"alg": "HS256", "kid": "one", "typ": "JWT"}
    return _by_hand(header, _admins(), lambda signed: hmac.new(secret, signed, sha256).digest())


def _with_claims_of_another(tokens: Tokens) -> str:
    header, _, signature = _signed(tokens, _vendors()).split(".")
    return f"{header}.{_encoded(json.dumps(_admins()).encode())}.{signature}"


def _without_signature(tokens: Tokens) -> str:
    return _signed(tokens, _admins()).rpartition(".")[0] + "."


@cache
def _stranger() -> Tokens:
    """Somebody with a key that the issuer does not publish."""
    return Tokens()


GOOD_TOKENS: Mapping[str, Callable[[Tokens], str]] = {
    "a person's": lambda tokens: _signed(tokens, _admins()),
    "a machine's": lambda tokens: _signed(tokens, _machines()),
    "a vendor's": lambda tokens: _signed(tokens, _vendors()),
}
"""What the bad ones would be without what spoils them."""

BAD_TOKENS: Mapping[str, Callable[[Tokens], str]] = {
    "expired": lambda tokens: _signed(tokens, _admins(exp=int(time.time()) - 1)),
    "a machine's, expired": lambda tokens: _signed(tokens, _machines(exp=int(time.time()) - 1)),
    "without an expiry": lambda tokens: _signed(tokens, _admins(exp=None)),
    "not valid yet": lambda tokens: _signed(tokens, _admins(nbf=int(time.time()) + 3600)),
    "signed by a stranger": lambda _: _signed(_stranger(), _admins()),
    "signed by a stranger who brings the key": lambda _: _signed(
        _stranger(), _admins(), jwk=_stranger().jwks()["keys"][0]
    ),
    "signed for other claims": _with_claims_of_another,
    "without a signature": _without_signature,
    "alg none": lambda _: _unsigned("none"),
    "alg None": lambda _: _unsigned("None"),
    "alg nOnE": lambda _: _unsigned("nOnE"),
    "HS256 with the public key": lambda tokens: _signed_with_what_is_public(tokens, Encoding.PEM),
    "HS256 with the public key in DER": lambda tokens: _signed_with_what_is_public(tokens, Encoding.DER),
    "RS512": lambda tokens: _signed(tokens, _admins(), "RS512"),
    "PS256": lambda tokens: _signed(tokens, _admins(), "PS256"),
    "for another audience": lambda tokens: _signed(tokens, _admins(aud="another-shop")),
    "for other audiences": lambda tokens: _signed(tokens, _admins(aud=["another-shop", AUDIENCE.upper()])),
    "for no audience": lambda tokens: _signed(tokens, _admins(aud=None)),
    "of another issuer": lambda tokens: _signed(tokens, _admins(iss="https://issuer.example.net")),
    "of an issuer with a slash more": lambda tokens: _signed(tokens, _admins(iss=f"{ISSUER}/")),
    "a machine's, of another issuer": lambda tokens: _signed(
        tokens, _machines(iss="https://issuer.example.net")
    ),
    "of no issuer": lambda tokens: _signed(tokens, _admins(iss=None)),
    "of no use": lambda tokens: _signed(tokens, _admins(token_use=None)),
    "to refresh with": lambda tokens: _signed(tokens, _admins(token_use="refresh")),
    "a person's, used as a machine's": lambda tokens: _signed(tokens, _admins(token_use="access")),
    "a machine's, used as a person's": lambda tokens: _signed(tokens, _machines(token_use="id")),
    "of a machine that is not listed": lambda tokens: _signed(tokens, _machines(client_id="stranger")),
    "of a person's client, for an order system": lambda tokens: _signed(
        tokens, _machines(client_id=AUDIENCE)
    ),
    "of an unknown key": lambda tokens: _signed(tokens, _admins(), kid="two"),
    "of no key": lambda tokens: jwt.encode(_admins(), tokens._key, algorithm="RS256"),
    "of nobody": lambda tokens: _signed(tokens, _admins(sub=None)),
    "a vendor's without its id": lambda tokens: _signed(tokens, _vendors(**{"custom:vendor_id": None})),
    "a vendor's with an id of another form": lambda tokens: _signed(
        tokens, _vendors(**{"custom:vendor_id": "vendor-001"})
    ),
    "a vendor's with a machine's claim": lambda tokens: _signed(
        tokens, _vendors(**{"custom:vendor_id": None, "vendor_id": "VENDOR-001"})
    ),
    "no token at all": lambda _: "nonsense",
    "three times nonsense": lambda _: "bm9u.c2Vu.c2U",
}
"""Everything that a bearer token can be and does not let in."""

BAD_HEADERS: Mapping[str, Callable[[Tokens], str]] = {
    "empty": lambda _: "",
    "of another scheme": lambda _: "Basic YWRtaW46YWRtaW4=",
    "a scheme without a token": lambda _: "Bearer",
    "a token without a scheme": lambda tokens: tokens.of_role("admin"),
    "a good token in another scheme": lambda tokens: f"Token {tokens.of_role('admin')}",
}
"""Authorization headers that hold no bearer token."""

POWERLESS: Mapping[str, Callable[[Tokens], str]] = {
    "a person of no group": lambda tokens: tokens.person("sam"),
    "a person of a group unheard of": lambda tokens: tokens.person("sam", "admins", "Admin"),
    "a person of the group of order systems": lambda tokens: tokens.person("sam", "orders"),
    "a person with a machine's scopes": lambda tokens: tokens.person(
        "sam", scope="inventory/orders inventory/vendor", vendor_id="VENDOR-001"
    ),
    "a vendor's id without the group": lambda tokens: tokens.person(
        "sam", **{"custom:vendor_id": "VENDOR-001"}
    ),
    "a machine without scopes": lambda tokens: tokens.machine(MACHINE, ""),
    "a machine with a scope unheard of": lambda tokens: tokens.machine(MACHINE, "inventory/admin orders"),
    "a machine with a person's groups": lambda tokens: tokens.machine(
        MACHINE, "", **{"cognito:groups": ["admin", "auditor"]}
    ),
}
"""Good tokens of somebody who has no role."""


# Trouble that is not the client's


@contextmanager
def _failing(error: Callable[[Any, str, Mapping[str, Any]], Exception | None]) -> Iterator[None]:
    """Let calls to AWS fail: `error` says with what, None lets a call through."""
    call = BaseClient._make_api_call

    def failing(client: BaseClient, operation: str, arguments: Any) -> Any:
        if (raised := error(client, operation, arguments)) is not None:
            raise raised
        return call(client, operation, arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", failing)
        yield


def _conflict(client: Any, operation: str, arguments: Mapping[str, Any]) -> Exception | None:
    """Let every write lose to another."""
    if operation not in WRITES:
        return None
    if operation != "TransactWriteItems":
        there = client.get_item(TableName=arguments["TableName"], Key=arguments["Key"])
        if operation == "UpdateItem" and "Item" not in there:
            return None  # our conditions of updates hold where nothing is
        failed = {"Error": {"Code": "ConditionalCheckFailedException"}, "Item": there.get("Item")}
        return client.exceptions.ConditionalCheckFailedException(failed, operation)
    reasons = [{"Code": "TransactionConflict"} for _ in arguments["TransactItems"]]
    cancelled = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
    return client.exceptions.TransactionCanceledException(cancelled, operation)


@contextmanager
def _no_keys() -> Iterator[None]:
    """Let the token issuer's keys be out of reach."""

    def out_of_reach(*_: Any) -> Any:
        raise IdentityUnavailable("The token issuer's keys cannot be fetched.")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TokenVerifier, "principal", out_of_reach)
        yield


WRITES = frozenset({"DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"})
_THROTTLED = ClientError({"Error": {"Code": "ThrottlingException"}}, "Query")

TROUBLES: Mapping[str, tuple[tuple[int, str], Callable[[], Any]]] = {
    "a defect": ((500, "internal_error"), lambda: _failing(lambda *_: RuntimeError("a defect"))),
    "throttled": ((503, "database_unavailable"), lambda: _failing(lambda *_: _THROTTLED)),
    "busy": ((503, "busy"), lambda: _failing(_conflict)),
    "no keys": ((503, "identity_unavailable"), _no_keys),
}


# The walk


class RefusalWalk:
    """The tests that every service's routes pass; the fixture ``furnished`` is its client, tables filled."""

    routes: ClassVar[Table]
    paths: ClassVar[Mapping[str, str]]
    for_all: ClassVar[str]
    """An address that an admin and a vendor may read: the bad tokens are good but for what spoils them."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        rows = self.routes.items()
        cases: dict[str, list[tuple[Any, ...]]] = {
            "granted": [(route, role) for route, row in rows for role in sorted(row.allowed_roles)],
            "closed": [(route, row) for route, row in rows if not row.is_public],
            "checked": [(route, row) for route, row in rows if row.looks_at_tokens],
            "of_vendors": [(route, row) for route, row in rows if row.another_vendor],
        }
        for name in cases.keys() & set(metafunc.fixturenames):
            named = [
                " ".join(part for part in (*route, rest) if isinstance(part, str))
                for route, rest in cases[name]
            ]
            metafunc.parametrize(name, cases[name], ids=named)

    def test_every_route_has_a_row(self, service_module: Any) -> None:
        there, stated = routes_of(service_module.app), set(self.routes)
        assert there == stated, f"without a row: {there - stated}; without a route: {stated - there}"

    def test_every_role_has_a_column(self) -> None:
        assert set(ROLES) == set(Role), "the walk does not know every role"

    def test_who_may_is_served(self, furnished: Client, tokens: Tokens, granted: tuple[Route, str]) -> None:
        route, role = granted
        token = None if role == "nobody" else tokens.of_role(role)
        answer = Sent.right(route, self.routes[route], self.paths, token).to(furnished)
        assert 200 <= answer.status < 300, answer

    def test_who_may_not_is_refused(
        self, furnished: Client, tokens: Tokens, dynamodb: Any, closed: tuple[Route, Row]
    ) -> None:
        route, row = closed
        before = stored(dynamodb)
        deviating = refusals_of_roles(furnished, tokens, row, Sent.right(route, row, self.paths, None))
        assert not deviating, "\n".join(deviating)
        assert stored(dynamodb) == before, "something was refused, and done all the same"

    def test_a_token_that_is_not_good_opens_nothing(
        self, furnished: Client, tokens: Tokens, dynamodb: Any, checked: tuple[Route, Row]
    ) -> None:
        route, row = checked
        before = stored(dynamodb)
        deviating = refusals_of_bad_tokens(furnished, tokens, Sent.right(route, row, self.paths, None))
        assert not deviating, "\n".join(deviating)
        assert stored(dynamodb) == before, "something was refused, and done all the same"

    def test_the_bad_tokens_would_be_good_but_for_what_spoils_them(
        self, furnished: Client, tokens: Tokens
    ) -> None:
        for name, make in GOOD_TOKENS.items():
            answer = furnished.get(self.for_all, make(tokens))
            assert answer.status == 200 or (answer.status, name) == (403, "a machine's"), (name, answer)

    def test_another_vendor_sees_and_changes_nothing(
        self, furnished: Client, tokens: Tokens, dynamodb: Any, of_vendors: tuple[Route, Row]
    ) -> None:
        route, row = of_vendors
        right = Sent.right(route, row, self.paths, None)
        deviating = another_vendors_answers(furnished, tokens, dynamodb, row, right)
        assert not deviating, "\n".join(deviating)

    @pytest.mark.parametrize("trouble", TROUBLES)
    def test_trouble_that_is_not_the_clients_is_answered_in_the_same_form(
        self,
        furnished: Client,
        service_module: Any,
        tokens: Tokens,
        checked: tuple[Route, Row],
        trouble: str,
    ) -> None:
        route, row = checked
        if trouble == "busy" and route[0] == "GET":
            return
        (status, code), make = TROUBLES[trouble]
        if trouble == "throttled":
            code = row.throttled
        right = replace(Sent.right(route, row, self.paths, tokens.of_role("admin")), **row.writing)
        with make():
            answer = right.to(Client(service_module.app, may_fail=True))
        if row.per_item and trouble in ("busy", "throttled"):
            assert answer.status == 200
            assert {(each["status_code"], each["problem"]["code"]) for each in answer.json["results"]} == {
                (status, code)
            }
        else:
            assert (answer.status, answer.code) == (status, code)
            assert ("Retry-After" in answer.headers) == (status == 503)

    def test_what_looks_at_no_token_takes_any(self, furnished: Client, tokens: Tokens) -> None:
        for route, row in self.routes.items():
            if not row.looks_at_tokens:
                answer = Sent.right(route, row, self.paths, BAD_TOKENS["expired"](tokens)).to(furnished)
                assert answer.status == 200, (route, answer)


def refusals_of_bad_tokens(client: Client, tokens: Tokens, sent: Sent) -> list[str]:
    """Send a right request with every bad token; whoever sends one believes to be somebody."""
    bad = {name: {"token": make(tokens)} for name, make in BAD_TOKENS.items()}
    bad |= {name: {"authorization": make(tokens)} for name, make in BAD_HEADERS.items()}
    deviating = []
    for name, given in bad.items():
        spoiled = replace(
            sent,
            token=given.get("token"),
            headers=dict(sent.headers)
            | ({"authorization": given["authorization"]} if "authorization" in given else {}),
        )
        deviating += refusal(client, spoiled, 401, "unauthenticated", f"a token {name}")
    return deviating


def refusals_of_roles(client: Client, tokens: Tokens, row: Row, sent: Sent) -> list[str]:
    """Send a right request as everybody who may not."""
    if row.is_public:
        return []
    deviating = refusal(client, replace(sent, token=None), 401, "unauthenticated", "no token")
    for role in sorted(set(ROLES) - row.allowed_roles):
        deviating += refusal(client, replace(sent, token=tokens.of_role(role)), 403, "forbidden", role)
    for name, make in POWERLESS.items():
        deviating += refusal(client, replace(sent, token=make(tokens)), 403, "forbidden", name)
    return deviating


def another_vendors_answers(client: Client, tokens: Tokens, dynamodb: Any, row: Row, sent: Sent) -> list[str]:
    """Send a right request as a vendor whose thing it is not: a person, and a machine."""
    deviating = []
    for name, token in {
        "another vendor": tokens.vendor(ANOTHER_VENDOR),
        "another vendor's machine": tokens.machine(
            VENDOR_MACHINE, "inventory/vendor", vendor_id=ANOTHER_VENDOR
        ),
    }.items():
        asked = replace(sent, token=token)
        match row.another_vendor:
            case "forbidden":
                deviating += refusal(client, asked, 403, "forbidden", name)
            case "served":
                answer = asked.to(client)
                if not 200 <= answer.status < 300:
                    deviating.append(f"{name}: {_shown(answer)}, not served")
            case "an empty list":
                answer = asked.to(client)
                if answer.status != 200 or answer.json != {"items": [], "next_cursor": None}:
                    deviating.append(f"{name}: {answer}, not an empty list")
                if "Link" in answer.headers:
                    deviating.append(f"{name}: the list goes on")
            case code:
                before = stored(dynamodb)
                deviating += refusal(client, asked, 404, str(code), name, may_call=READS)
                if stored(dynamodb) != before:
                    deviating.append(f"{name}: something is stored otherwise than before")
    return deviating


def refusal(
    client: Client, sent: Sent, status: int, code: str, name: str, *, may_call: Container[str] = ()
) -> list[str]:
    """Tell how the answer deviates from a refusal; DynamoDB is not even asked, but for the calls named."""
    with aws_calls() as calls:
        answer = sent.to(client)
    where = f"{' '.join(sent.route)}, {name}"
    if answer.headers.get("Content-Type") != "application/problem+json":
        return [f"{where}: {_shown(answer)}, not {status} {code}"]
    deviating = []
    if (answer.status, answer.code) != (status, code):
        deviating.append(f"{where}: {_shown(answer)}, not {status} {code}")
    if (answer.headers.get("WWW-Authenticate") == "Bearer") != (answer.status == 401):
        deviating.append(f"{where}: WWW-Authenticate is {answer.headers.get('WWW-Authenticate')}")
    undue = [call for call in calls if call not in may_call]
    if undue:
        deviating.append(f"{where}: refused, and yet called {', '.join(undue)}")
    return deviating


def _shown(answer: Answer) -> str:
    is_problem = answer.headers.get("Content-Type") == "application/problem+json"
    return f"{answer.status} {answer.code}" if is_problem else str(answer.status)


# The order of checks

RANKS: Mapping[int, int] = {401: 0, 403: 1, 413: 2, 415: 2, 400: 3, 422: 4, 404: 5, 412: 6, 409: 7}
"""Which of two refusals comes first; 413 and 415 share a place."""

_DECIDED_BY = {404: READS, 412: READS, 409: READS | CONDITIONAL_WRITES}
"""What may be called to find out; a conflict may be what a write's condition says."""


@dataclass(frozen=True)
class Fault:
    """Something that is wrong with a request, and the refusal that it deserves."""

    name: str
    status: int
    code: str
    spoil: Callable[[Sent], Sent]

    @property
    def rank(self) -> int:
        return RANKS[self.status]


def with_header(**headers: str) -> Callable[[Sent], Sent]:
    return lambda sent: replace(sent, headers={**sent.headers, **headers})


def with_members(**members: Any) -> Callable[[Sent], Sent]:
    return lambda sent: replace(sent, body=sent.body | members)


def with_paths(**paths: str) -> Callable[[Sent], Sent]:
    return lambda sent: replace(sent, paths={**sent.paths, **paths})


def with_query(name: str, value: str) -> Callable[[Sent], Sent]:
    return lambda sent: replace(sent, query=(*sent.query, (name, value)))


def without_query(name: str) -> Callable[[Sent], Sent]:
    return lambda sent: replace(sent, query=tuple(given for given in sent.query if given[0] != name))


def _without_key(sent: Sent) -> Sent:
    return replace(
        sent, headers={name: value for name, value in sent.headers.items() if name != "idempotency_key"}
    )


def _too_large(sent: Sent) -> Sent:
    sent_bytes = len((write(sent.body) + sent.tail).encode())
    return replace(sent, tail=sent.tail + " " * (REQUEST_BODY_MAX_BYTES + 1 - sent_bytes))


def _mis_signed(sent: Sent) -> Sent:
    """Spoil the token's signature, whosever it is."""
    assert sent.token is not None
    signed, _, signature = sent.token.rpartition(".")
    return replace(sent, token=f"{signed}.{signature[::-1]}")


def faults_of(route: Route, row: Row, tokens: Tokens) -> list[Fault]:
    """Return everything that can be wrong with a request to the route whatever is stored, and 404 and 412."""
    faults = [Fault("a mis-signed token", 401, "unauthenticated", _mis_signed)]
    if not row.is_public:
        faults += [
            Fault("no token", 401, "unauthenticated", lambda sent: replace(sent, token=None)),
            Fault(
                "no role",
                403,
                "forbidden",
                lambda sent: replace(sent, token=POWERLESS["a person of no group"](tokens)),
            ),
        ]
    if "{vendor_id}" in route[1]:
        faults.append(
            Fault(
                "another vendor in the path",
                403,
                "forbidden",
                lambda sent: replace(sent, token=tokens.vendor(ANOTHER_VENDOR)),
            )
        )
    if row.body is not None:
        faults += [
            Fault("a body too large", 413, "payload_too_large", _too_large),
            Fault("text", 415, "unsupported_media_type", with_header(content_type="text/plain")),
            Fault("a body cut short", 400, "invalid_json", lambda sent: replace(sent, tail=sent.tail + "{")),
            Fault("an unknown member", 422, "invalid_input", with_members(unheard_of=1)),
        ]
    if row.idempotency is not None:
        bad_key = with_header(idempotency_key="two words")
        faults.append(Fault("a key of another form", 400, "invalid_idempotency_key", bad_key))
    if row.idempotency == "required":
        faults.append(Fault("no key", 400, "idempotency_key_required", _without_key))
    if row.paged:
        faults += [
            Fault("a cursor that nobody gave out", 400, "invalid_cursor", with_query("cursor", "nonsense")),
            Fault("a page of none", 422, "invalid_input", with_query("limit", "0")),
        ]
    faults.append(Fault("an unknown parameter", 422, "invalid_input", with_query("unheard_of", "1")))
    faults += [
        Fault(f"a {name} of another form", 422, "invalid_input", with_paths(**{name: "a%20b"}))
        for name in ("product_id", "sku", "vendor_id", "order_id", "transaction_id")
        if f"{{{name}}}" in route[1]
    ]
    if row.absent is not None:
        faults.append(Fault("what does not exist", 404, row.not_found, with_paths(**row.absent)))
    if row.versioned:
        faults.append(
            Fault("an old version", 412, "precondition_failed", with_header(if_match='"of-yesterday"'))
        )
    return faults


def wrongly_ordered(client: Client, dynamodb: Any, sent: Sent, faults: Sequence[Fault]) -> list[str]:
    """Send the request with each fault alone, and with each two; of two, the earlier check's is answered."""
    before = stored(dynamodb)
    deviating = []
    for fault in faults:
        deviating += _refusal_of(client, fault.spoil(sent), fault, fault.name)
    for one, other in combinations(faults, 2):
        if one.rank == other.rank:
            continue
        first, second = sorted((one, other), key=lambda fault: fault.rank)
        # The later check's fault first: the earlier's spoils what it finds, be it whose token it may.
        twice_wrong = first.spoil(second.spoil(sent))
        deviating += _refusal_of(client, twice_wrong, first, f"{first.name}, and {second.name}")
    if stored(dynamodb) != before:
        deviating.append(f"{' '.join(sent.route)}: something is stored otherwise than before")
    return deviating


def _refusal_of(client: Client, sent: Sent, fault: Fault, name: str) -> list[str]:
    may_call = _DECIDED_BY.get(fault.status, frozenset())
    return refusal(client, sent, fault.status, fault.code, name, may_call=may_call)


class OrderOfChecks:
    """The tests of the order in which a service's routes check; ``furnished`` as in `RefusalWalk`."""

    routes: ClassVar[Table]
    paths: ClassVar[Mapping[str, str]]
    more: ClassVar[Mapping[Route, Sequence[Fault]]] = {}
    """What can be wrong beside what `faults_of` knows: mostly conflicts with what is stored."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "checked" in metafunc.fixturenames:
            checked = [(route, row) for route, row in self.routes.items() if row.looks_at_tokens]
            metafunc.parametrize("checked", checked, ids=[" ".join(route) for route, _ in checked])

    def test_of_two_faults_the_earlier_check_answers(
        self, furnished: Client, tokens: Tokens, dynamodb: Any, checked: tuple[Route, Row]
    ) -> None:
        route, row = checked
        right = Sent.right(route, row, self.paths, tokens.of_role("admin"))
        faults = [*faults_of(route, row, tokens), *self.more.get(route, ())]
        deviating = wrongly_ordered(furnished, dynamodb, right, faults)
        assert not deviating, "\n".join(deviating)
