from typing import Any

import pytest
from chalice.app import Response

from inventory_common.attributes import OneOf, WholeNumber
from inventory_common.bodies import BodyType, body
from inventory_common.declarations import NO_CONTENT, PUBLIC, Declaration, ResponseSpec, declaration_of, route
from inventory_common.errors import ArchiveUnavailable, DatabaseUnavailable, SkuNotFound
from inventory_common.identity import Role
from inventory_common.requests import PAGING, Parameter, Request
from inventory_common.responses import no_content

EVERY_ROUTE = {
    "database_unavailable",
    "identity_unavailable",
    "internal_error",
    "invalid_encoding",
    "invalid_input",
    "too_many_requests",
    "unauthenticated",
}


@body
class Thing:
    """A thing without members."""


def _declared(**declared: Any) -> Declaration:
    parameters: dict[str, Any] = {
        "method": "GET",
        "path": "/things",
        "allowed_roles": PUBLIC,
        "response": NO_CONTENT,
    }

    @route(**(parameters | declared))
    def handle(_: object, request: Request[Any]) -> Response:
        return no_content()

    declaration = declaration_of(handle)
    assert declaration is not None
    return declaration


def _codes(**declared: Any) -> set[str]:
    return {error.code for error in _declared(**declared).possible_errors}


def test_a_public_read_has_the_errors_of_every_route() -> None:
    assert _codes() == EVERY_ROUTE


BODY = {"invalid_json", "payload_too_large", "unsupported_media_type"}
KEY_OF_A_BODY = {"invalid_idempotency_key", "idempotency_key_reused"}


@pytest.mark.parametrize(
    ("declared", "codes"),
    [
        ({"allowed_roles": {Role.ADMIN, Role.VENDOR}}, {"forbidden"}),
        ({"allowed_roles": {Role.ADMIN, Role.ORDERS}}, {"forbidden"}),
        ({"allowed_roles_by_query": {("active", "false"): {Role.ADMIN}}}, {"forbidden"}),
        ({"paged": True}, {"invalid_cursor"}),
        ({"body": Thing}, BODY),
        ({"idempotency": "optional"}, {"invalid_idempotency_key"}),
        ({"idempotency": "required"}, {"invalid_idempotency_key", "idempotency_key_required"}),
        ({"idempotency": "required", "body": Thing}, BODY | KEY_OF_A_BODY | {"idempotency_key_required"}),
        (
            {"idempotency": "optional", "key_required_with": "lines", "body": Thing},
            BODY | KEY_OF_A_BODY | {"idempotency_key_required"},
        ),
        ({"idempotency": "optional", "body": Thing}, BODY | KEY_OF_A_BODY),
        ({"versioned": True}, {"precondition_failed"}),
        ({"method": "PATCH"}, {"busy", "outcome_unknown"}),
    ],
    ids=str,
)
def test_the_errors_of_a_route_follow_from_what_it_accepts(declared: dict[str, Any], codes: set[str]) -> None:
    assert _codes(**declared) == EVERY_ROUTE | codes


def test_a_route_of_nobody_who_has_a_budget_is_never_refused_for_one() -> None:
    codes = _codes(allowed_roles={Role.ADMIN, Role.AUDITOR, Role.DESK})
    assert codes == EVERY_ROUTE - {"too_many_requests"} | {"forbidden"}


def test_a_response_with_an_outcome_for_each_command_is_itself_never_busy() -> None:
    codes = _codes(method="POST", response=ResponseSpec(dict, per_item=True))
    assert codes == EVERY_ROUTE - {"database_unavailable"}


def test_a_route_names_its_own_errors_beside_these() -> None:
    assert _codes(errors=[SkuNotFound]) == EVERY_ROUTE | {"sku_not_found"}


def test_only_a_route_that_may_write_can_be_busy() -> None:
    assert _codes(method="POST") == EVERY_ROUTE | {"busy", "outcome_unknown"}
    assert _codes(method="POST", reads_only=True) == EVERY_ROUTE


def test_a_list_has_a_limit_and_a_cursor_beside_its_own_parameters() -> None:
    colour = Parameter(OneOf(("black", "white")), "The colour.")
    listing = _declared(query={"colour": colour}, paged=True)
    assert list(listing.query_parameters) == ["colour", "limit", "cursor"]


def test_a_list_may_have_a_limit_of_its_own() -> None:
    limit = Parameter(WholeNumber(1, 1_000), "The maximum number of items.", default=1_000)
    listing = _declared(query={"limit": limit}, paged=True)
    assert listing.query_parameters["limit"] is limit
    assert listing.query_parameters["cursor"] is PAGING["cursor"]


def test_a_route_is_unavailable_together_with_the_store_that_it_reads() -> None:
    codes = _codes(unavailable=ArchiveUnavailable)
    assert codes == EVERY_ROUTE - {"database_unavailable"} | {"archive_unavailable"}


def test_a_response_without_content_has_neither_body_nor_version() -> None:
    assert (NO_CONTENT.status, NO_CONTENT.shape, NO_CONTENT.etag) == (204, None, False)


def test_a_route_declares_nothing_but_what_it_names() -> None:
    assert _declared() == Declaration(
        method="GET",
        path="/things",
        tag=None,
        allowed_roles=frozenset(),
        allowed_roles_by_query={},
        query={},
        paged=False,
        body=None,
        body_required=True,
        idempotency=None,
        key_required_with=None,
        versioned=False,
        reads_only=True,
        weight=None,
        response=NO_CONTENT,
        errors=(),
        unavailable=DatabaseUnavailable,
    )


def test_the_body_of_a_route_is_a_class_or_a_body_type() -> None:
    of_class = _declared(body=Thing).body
    assert isinstance(of_class, BodyType)
    assert of_class.name == "Thing"
    given: BodyType[Thing] = BodyType.of(Thing)
    assert _declared(body=given).body is given


def test_a_declared_method_stays_the_method_that_it_was() -> None:
    def handle(_: object, request: Request[Any]) -> Response:
        """Show a thing."""
        return no_content()

    declared: object = route("GET", "/things", allowed_roles=PUBLIC, response=NO_CONTENT)(handle)
    assert declared is handle
    assert (handle.__name__, handle.__doc__) == ("handle", "Show a thing.")
    assert declaration_of(lambda: None) is None


def test_the_key_of_a_command_is_of_its_route_principal_path_and_body() -> None:
    declared = _declared(method="POST", path="/things/{sku}", body=Thing, idempotency="required")
    first = declared.idempotency_key("VENDOR-001", {"sku": "A"}, "k", Thing())
    assert first == declared.idempotency_key("VENDOR-001", {"sku": "A"}, "k", Thing())
    others = [
        declared.idempotency_key("VENDOR-002", {"sku": "A"}, "k", Thing()),
        declared.idempotency_key("VENDOR-001", {"sku": "B"}, "k", Thing()),
        declared.idempotency_key("VENDOR-001", {"sku": "A"}, "K", Thing()),
        _declared(method="POST", path="/more/{sku}").idempotency_key("VENDOR-001", {"sku": "A"}, "k", None),
    ]
    assert len({key.idempotency_id for key in (first, *others)}) == 5
