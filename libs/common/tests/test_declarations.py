from typing import Any

import pytest

from inventory_common.declarations import DONE, Declaration, ResponseSpec
from inventory_common.errors import ArchiveUnavailable
from inventory_common.identity import Role
from inventory_common.requests import PAGING, Form, Parameter, whole_number

EVERY_ROUTE = {
    "database_unavailable",
    "identity_unavailable",
    "internal_error",
    "invalid_input",
    "unauthenticated",
}


def _codes(**declared: Any) -> set[str]:
    standing: dict[str, Any] = {"path": "/things", "method": "GET", "may": frozenset()}
    return {kind.code for kind in Declaration(**(standing | declared)).possible_errors}


def test_a_public_read_can_meet_what_every_route_can() -> None:
    assert _codes() == EVERY_ROUTE


@pytest.mark.parametrize(
    ("declared", "codes"),
    [
        ({"may": frozenset({Role.ADMIN})}, {"forbidden"}),
        ({"may_ask": {("active", "false"): {Role.ADMIN}}}, {"forbidden"}),
        ({"paged": True}, {"invalid_cursor"}),
        ({"body": "Thing"}, {"invalid_json", "payload_too_large", "unsupported_media_type"}),
        ({"idempotency": "optional"}, {"invalid_idempotency_key", "idempotency_key_reused"}),
        (
            {"idempotency": "required"},
            {"invalid_idempotency_key", "idempotency_key_reused", "idempotency_key_required"},
        ),
        (
            {"idempotency": "optional", "key_needed_with": "lines"},
            {"invalid_idempotency_key", "idempotency_key_reused", "idempotency_key_required"},
        ),
        ({"versioned": True}, {"precondition_failed"}),
        ({"method": "PATCH"}, {"busy"}),
    ],
    ids=str,
)
def test_what_a_route_takes_decides_what_it_can_refuse(declared: dict[str, Any], codes: set[str]) -> None:
    assert _codes(**declared) == EVERY_ROUTE | codes


def test_an_answer_for_each_command_is_itself_never_busy() -> None:
    codes = _codes(method="POST", serves=ResponseSpec(dict, per_item=True))
    assert codes == EVERY_ROUTE - {"database_unavailable"}


def test_a_list_takes_a_limit_and_a_cursor_too() -> None:
    colour = Parameter(Form(str, {"type": "string"}))
    listing = Declaration(
        path="/", method="GET", allowed_roles=frozenset(), query={"colour": colour}, paged=True
    )
    assert list(listing.query_parameters) == ["colour", "limit", "cursor"]


def test_a_list_may_have_a_limit_of_its_own() -> None:
    limit = Parameter(whole_number(1_000), "How many at once.", default=1_000)
    listing = Declaration(
        path="/", method="GET", allowed_roles=frozenset(), query={"limit": limit}, paged=True
    )
    assert listing.query_parameters["limit"] is limit
    assert listing.query_parameters["cursor"] is PAGING["cursor"]


def test_a_route_answers_for_the_store_that_it_reads() -> None:
    codes = _codes(unavailable=ArchiveUnavailable)
    assert codes == EVERY_ROUTE - {"database_unavailable"} | {"archive_unavailable"}


def test_done_has_nothing_to_show() -> None:
    assert (DONE.status, DONE.shape, DONE.etag) == (204, None, False)
