"""The tests of roles, tokens, vendors and failures, for each route of a service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from front_door import ROLES, VENDOR_MACHINE, Client, Tokens

from inventory_common.budgets import BUDGETED_ROLES, Budget, Budgets
from inventory_common.identity import Role
from inventory_common.rest import Endpoint

from .bad_tokens import BAD_HEADERS, BAD_TOKENS, GOOD_TOKENS, WITHOUT_ROLE
from .failures import FAILURES
from .refusals import READS, describe, deviations, stored
from .route_table import ANOTHER_VENDOR, EMPTY, NOBODY, SERVED, Route, Row, Table
from .sent import Sent, with_header, with_token


class RefusalWalk:
    """The tests that every service's routes pass.

    The fixture ``furnished`` is a client of the service, after the items of the requests were stored.

    Attributes
    ----------
    routes
        The service's table.
    paths
        The path parameters of the valid requests.
    for_all
        An address that an admin and a vendor may read.
    """

    routes: ClassVar[Table]
    paths: ClassVar[Mapping[str, str]]
    for_all: ClassVar[str]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        rows = self.routes.items()
        cases: dict[str, list[tuple[Any, ...]]] = {
            "granted": [(route, role) for route, row in rows for role in sorted(row.allowed_roles)],
            "closed": [(route, row) for route, row in rows if not row.is_public],
            "checked": [(route, row) for route, row in rows if row.checks_token],
            "budgeted": [
                (route, role)
                for route, row in rows
                if row.checks_token
                for role in sorted(row.allowed_roles & BUDGETED_ROLES)
            ],
            "of_vendors": [(route, row) for route, row in rows if row.another_vendor],
        }
        for name in cases.keys() & set(metafunc.fixturenames):
            ids = [
                " ".join(part for part in (*route, other) if isinstance(part, str))
                for route, other in cases[name]
            ]
            metafunc.parametrize(name, cases[name], ids=ids)

    # The table

    def test_every_route_has_a_row(self, service_module: Any) -> None:
        declared = {
            (method, path) for path, methods in service_module.app.routes.items() for method in methods
        }
        stated = set(self.routes)
        assert declared == stated, f"without a row: {declared - stated}; without a route: {stated - declared}"

    def test_every_role_has_a_column(self) -> None:
        assert set(ROLES) == set(Role), "the walk does not contain every role"

    # Roles

    def test_an_allowed_role_is_served(
        self, furnished: Client, tokens: Tokens, granted: tuple[Route, str]
    ) -> None:
        route, role = granted
        token = None if role == NOBODY else tokens.of_role(role)
        response = Sent.right(route, self.routes[route], self.paths, token).to(furnished)
        assert 200 <= response.status < 300, response

    def test_other_roles_are_refused(
        self, furnished: Client, tokens: Tokens, dynamodb: Any, closed: tuple[Route, Row]
    ) -> None:
        route, row = closed
        before = stored(dynamodb)
        found = with_other_roles(furnished, tokens, row, Sent.right(route, row, self.paths, None))
        assert not found, "\n".join(found)
        assert stored(dynamodb) == before, "a refused request was executed"

    # Tokens

    def test_bad_tokens_are_refused(
        self, furnished: Client, tokens: Tokens, dynamodb: Any, checked: tuple[Route, Row]
    ) -> None:
        route, row = checked
        before = stored(dynamodb)
        found = with_bad_tokens(furnished, tokens, Sent.right(route, row, self.paths, None))
        assert not found, "\n".join(found)
        assert stored(dynamodb) == before, "a refused request was executed"

    def test_the_tokens_that_bad_ones_are_made_of_are_good(self, furnished: Client, tokens: Tokens) -> None:
        for name, make in GOOD_TOKENS.items():
            response = furnished.get(self.for_all, make(tokens))
            is_forbidden = (response.status, name) == (403, "a machine's")
            assert response.status == 200 or is_forbidden, (name, response)

    def test_a_route_that_checks_no_token_accepts_any(self, furnished: Client, tokens: Tokens) -> None:
        for route, row in self.routes.items():
            if not row.checks_token:
                response = Sent.right(route, row, self.paths, BAD_TOKENS["expired"](tokens)).to(furnished)
                assert response.status == 200, (route, response)

    # Budgets

    def test_a_request_beyond_its_budget_is_refused_and_not_executed(
        self,
        furnished: Client,
        service_module: Any,
        tokens: Tokens,
        dynamodb: Any,
        monkeypatch: pytest.MonkeyPatch,
        budgeted: tuple[Route, str],
    ) -> None:
        route, role = budgeted
        used_up = Budgets(Budget(rate=100, burst=0), Budget(rate=100, burst=0))
        for methods in service_module.app.routes.values():
            for entry in methods.values():
                if isinstance(entry.view_function, Endpoint):
                    monkeypatch.setattr(entry.view_function, "budgets", used_up)
        before = stored(dynamodb)
        sent = Sent.right(route, self.routes[route], self.paths, tokens.of_role(role))
        client = Client(service_module.app)
        assert not deviations(client, sent, 429, "too_many_requests", role)
        assert sent.to(client).headers["Retry-After"] == "1"
        assert stored(dynamodb) == before, "a refused request was executed"

    # Vendors

    def test_another_vendor_sees_and_changes_nothing(
        self, furnished: Client, tokens: Tokens, dynamodb: Any, of_vendors: tuple[Route, Row]
    ) -> None:
        route, row = of_vendors
        right = Sent.right(route, row, self.paths, None)
        found = as_another_vendor(furnished, tokens, dynamodb, row, right)
        assert not found, "\n".join(found)

    # Failures

    @pytest.mark.parametrize("failure", FAILURES)
    def test_a_failure_that_is_not_the_clients_is_a_problem(
        self,
        furnished: Client,
        service_module: Any,
        tokens: Tokens,
        checked: tuple[Route, Row],
        failure: str,
    ) -> None:
        route, row = checked
        if failure in ("busy", "unanswered") and (route[0] == "GET" or row.reads_only):
            return
        expected = FAILURES[failure]
        code = row.throttled if failure == "throttled" else expected.code
        writing = replace(Sent.right(route, row, self.paths, tokens.of_role("admin")), **row.writing)
        with expected.happens():
            response = writing.to(Client(service_module.app, may_fail=True))
        if row.per_item and failure in ("busy", "throttled", "unanswered"):
            assert response.status == 200
            results = response.json["results"]
            assert {(each["status_code"], each["problem"]["code"]) for each in results} == {
                (expected.status, code)
            }
        else:
            assert (response.status, response.code) == (expected.status, code)
            assert ("Retry-After" in response.headers) == (expected.status == 503)


def with_other_roles(client: Client, tokens: Tokens, row: Row, sent: Sent) -> list[str]:
    """Send a valid request with every role that is not allowed; return deviations from refusals."""
    if row.is_public:
        return []
    found = deviations(client, sent, 401, "unauthenticated", "no token")
    for role in sorted({*ROLES} - row.allowed_roles):
        found += deviations(client, with_token(tokens.of_role(role))(sent), 403, "forbidden", role)
    for name, make in WITHOUT_ROLE.items():
        found += deviations(client, with_token(make(tokens))(sent), 403, "forbidden", name)
    return found


def with_bad_tokens(client: Client, tokens: Tokens, sent: Sent) -> list[str]:
    """Send a valid request with every bad token and header; return deviations from refusals."""
    bad = {name: with_token(make(tokens))(sent) for name, make in BAD_TOKENS.items()}
    bad |= {name: with_header(authorization=make(tokens))(sent) for name, make in BAD_HEADERS.items()}
    found = []
    for name, request in bad.items():
        found += deviations(client, request, 401, "unauthenticated", f"a token {name}")
    return found


def as_another_vendor(client: Client, tokens: Tokens, dynamodb: Any, row: Row, sent: Sent) -> list[str]:
    """Send a valid request as a vendor who does not own the resource, a person's and a machine's token."""
    found = []
    for name, token in {
        "another vendor": tokens.vendor(ANOTHER_VENDOR),
        "another vendor's machine": tokens.machine(
            VENDOR_MACHINE, "inventory/vendor", vendor_id=ANOTHER_VENDOR
        ),
    }.items():
        request = with_token(token)(sent)
        if row.another_vendor == "forbidden":
            found += deviations(client, request, 403, "forbidden", name)
        elif row.another_vendor == SERVED:
            response = request.to(client)
            if not 200 <= response.status < 300:
                found.append(f"{name}: {describe(response)}, not served")
        elif row.another_vendor == EMPTY:
            response = request.to(client)
            if response.status != 200 or response.json != {"items": [], "next_cursor": None}:
                found.append(f"{name}: {response}, not an empty list")
            if "Link" in response.headers:
                found.append(f"{name}: the list has a next page")
        else:
            before = stored(dynamodb)
            found += deviations(client, request, 404, str(row.another_vendor), name, may_call=READS)
            if stored(dynamodb) != before:
                found.append(f"{name}: stored items have changed")
    return found
