"""The tests of requests with two faults: the response is that of the check which comes first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, ClassVar

import pytest
from front_door import Client, Tokens

from .bad_tokens import WITHOUT_ROLE
from .refusals import CONDITIONAL_WRITES, READS, deviations, stored
from .route_table import ANOTHER_VENDOR, Route, Row, Table
from .sent import (
    Sent,
    too_large,
    with_header,
    with_members,
    with_paths,
    with_query,
    with_tail,
    with_token,
    without_header,
    wrongly_signed,
)

RANKS: Mapping[int, int] = {401: 0, 403: 1, 413: 2, 415: 2, 400: 3, 422: 4, 404: 5, 412: 6, 409: 7}
"""The order of the checks by the status of their refusals; 413 and 415 have no order between them."""

_CALLS_OF: Mapping[int, frozenset[str]] = {404: READS, 412: READS, 409: READS | CONDITIONAL_WRITES}
"""The calls that a check may need; a conflict may be a failed condition of a write."""


@dataclass(frozen=True)
class Fault:
    """A fault of a request: how to make it, and the refusal that it causes."""

    name: str
    status: int
    code: str
    make: Callable[[Sent], Sent]

    @property
    def rank(self) -> int:
        return RANKS[self.status]


class OrderOfChecks:
    """The tests of the order in which a service's routes check a request; see `RefusalWalk`.

    Attributes
    ----------
    more
        By route, faults in addition to those of `faults_of`: mostly conflicts with stored items.
    """

    routes: ClassVar[Table]
    paths: ClassVar[Mapping[str, str]]
    more: ClassVar[Mapping[Route, Sequence[Fault]]] = {}

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "checked" in metafunc.fixturenames:
            checked = [(route, row) for route, row in self.routes.items() if row.checks_token]
            metafunc.parametrize("checked", checked, ids=[" ".join(route) for route, _ in checked])

    def test_of_two_faults_the_earlier_check_responds(
        self, furnished: Client, tokens: Tokens, dynamodb: Any, checked: tuple[Route, Row]
    ) -> None:
        route, row = checked
        right = Sent.right(route, row, self.paths, tokens.of_role("admin"))
        faults = [*faults_of(route, row, tokens), *self.more.get(route, ())]
        found = with_one_and_two_faults(furnished, dynamodb, right, faults)
        assert not found, "\n".join(found)


def faults_of(route: Route, row: Row, tokens: Tokens) -> list[Fault]:
    """Return the faults that a request to the route can have: all that need no special items."""
    return [
        *_of_the_token(route, row, tokens),
        *_of_the_body(row),
        *_of_the_idempotency_key(row),
        *_of_the_query(row),
        *_of_the_path(route, row),
        *_of_the_version(row),
    ]


def _of_the_token(route: Route, row: Row, tokens: Tokens) -> list[Fault]:
    faults = [Fault("a wrong signature", 401, "unauthenticated", wrongly_signed)]
    if not row.is_public:
        without_role = WITHOUT_ROLE["a person of no group"](tokens)
        faults += [
            Fault("no token", 401, "unauthenticated", with_token(None)),
            Fault("no role", 403, "forbidden", with_token(without_role)),
        ]
    if "{vendor_id}" in route[1]:
        another_vendor = with_token(tokens.vendor(ANOTHER_VENDOR))
        faults.append(Fault("another vendor in the path", 403, "forbidden", another_vendor))
    return faults


def _of_the_body(row: Row) -> list[Fault]:
    if row.body is None:
        return []
    return [
        Fault("a body too large", 413, "payload_too_large", too_large),
        Fault("text", 415, "unsupported_media_type", with_header(content_type="text/plain")),
        Fault("malformed JSON", 400, "invalid_json", with_tail("{")),
        Fault("an unknown member", 422, "invalid_input", with_members(unheard_of=1)),
    ]


def _of_the_idempotency_key(row: Row) -> list[Fault]:
    faults = []
    if row.idempotency is not None:
        malformed = with_header(idempotency_key="two words")
        faults.append(Fault("a malformed key", 400, "invalid_idempotency_key", malformed))
    if row.idempotency == "required":
        faults.append(Fault("no key", 400, "idempotency_key_required", without_header("idempotency_key")))
    return faults


def _of_the_query(row: Row) -> list[Fault]:
    faults = [
        Fault("an unknown parameter", 422, "invalid_input", with_query("unheard_of", "1")),
        Fault("a query that is not UTF-8", 400, "invalid_encoding", with_query("unheard_of", "\ufffd")),
    ]
    if row.paged:
        faults += [
            Fault("an invalid cursor", 400, "invalid_cursor", with_query("cursor", "nonsense")),
            Fault("a limit of 0", 422, "invalid_input", with_query("limit", "0")),
        ]
    return faults


def _of_the_path(route: Route, row: Row) -> list[Fault]:
    faults = [
        Fault(f"a malformed {name}", 422, "invalid_input", with_paths(**{name: "a%20b"}))
        for name in ("product_id", "sku", "vendor_id", "order_id", "transaction_id")
        if f"{{{name}}}" in route[1]
    ]
    faults += [
        Fault(f"a {name} that is not UTF-8", 400, "invalid_encoding", with_paths(**{name: "%FF"}))
        for name in ("product_id", "sku", "vendor_id", "order_id", "transaction_id")
        if f"{{{name}}}" in route[1]
    ]
    if row.absent is not None:
        faults.append(Fault("an absent resource", 404, row.not_found, with_paths(**row.absent)))
    return faults


def _of_the_version(row: Row) -> list[Fault]:
    if not row.versioned:
        return []
    return [Fault("an old version", 412, "precondition_failed", with_header(if_match='"of-yesterday"'))]


def with_one_and_two_faults(client: Client, dynamodb: Any, sent: Sent, faults: Sequence[Fault]) -> list[str]:
    """Send a request with each fault alone, and with each two; return deviations from the refusals.

    Of two faults, the response is that of the earlier check.
    """
    before = stored(dynamodb)
    found = []
    for fault in faults:
        found += _deviations(client, fault.make(sent), fault, fault.name)
    for one, other in combinations(faults, 2):
        if one.rank == other.rank:
            continue
        first, second = sorted((one, other), key=lambda fault: fault.rank)
        # The later check's fault first: the earlier one also applies to what the later one has made, such as
        # another token.
        both = first.make(second.make(sent))
        found += _deviations(client, both, first, f"{first.name}, and {second.name}")
    if stored(dynamodb) != before:
        found.append(f"{' '.join(sent.route)}: stored items have changed")
    return found


def _deviations(client: Client, sent: Sent, fault: Fault, name: str) -> list[str]:
    may_call = _CALLS_OF.get(fault.status, frozenset())
    return deviations(client, sent, fault.status, fault.code, name, may_call=may_call)
