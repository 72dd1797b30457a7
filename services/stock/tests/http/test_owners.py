"""Orders belong to owners: order systems of others neither see nor change them; the order desk sees all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from front_door import Client, Tokens

from chalicelib.domain.orders import SagaState
from chalicelib.storage.order_items import order_from_item
from inventory_common.order_items import order_key

from ..process import Process
from ..shop import (
    BLACK,
    ORDER,
    ORDER_PATH,
    WHITE,
    Tables,
    a_line,
    a_saga,
    a_sku,
    an_order,
    order_body,
    settlement_body,
)

ONE = order_body((BLACK, 1))
OTHERS = "/orders?due_before=2027-01-01T00:00:00Z"


@pytest.fixture
def token(tokens: Tokens) -> Callable[[str], str]:
    """Returns the token of an order system by its client id, of the desk, or of the admin."""

    def token(name: str) -> str:
        match name:
            case "desk":
                return tokens.desk()
            case "admin":
                return tokens.of_role("admin")
            case "unmapped":
                return tokens.of_role("orders")
        return tokens.order_system(name)

    return token


def batch(*commands: dict[str, Any]) -> dict[str, Any]:
    return {"orders": list(commands)}


def place(order_id: str = ORDER, **members: Any) -> dict[str, Any]:
    return {"order_id": order_id, "lines": ONE["lines"], **members}


@pytest.fixture
def of_web(shop: Client, token: Callable[[str], str], stocked: None) -> dict[str, Any]:
    """An order of the owner web, of one unit."""
    placed = shop.put(ORDER_PATH, ONE, token("web-1"))
    assert placed.status == 201
    order: dict[str, Any] = placed.json
    return order


SEE = ["web-1", "web-2", "erp", "desk", "admin"]
DO_NOT_SEE = ["unmapped", "till"]


@pytest.mark.parametrize("name", SEE)
def test_order_systems_of_the_owner_and_those_who_see_all_use_an_order(
    shop: Client, token: Callable[[str], str], of_web: dict[str, Any], name: str
) -> None:
    caller = token(name)
    assert shop.get(ORDER_PATH, caller).json == of_web
    assert [order["order_id"] for page in shop.walk(OTHERS, caller) for order in page] == [ORDER]
    assert shop.post(f"{ORDER_PATH}/extend", {"hold_seconds": 90_000}, caller).status == 200
    confirmed = shop.post(f"{ORDER_PATH}/confirm", settlement_body((BLACK, 1)), caller, idempotency_key="k")
    assert confirmed.json["status"] == "confirmed"
    assert shop.post(f"{ORDER_PATH}/refund", token=caller).json["status"] == "refunded"


@pytest.mark.parametrize("name", DO_NOT_SEE)
def test_an_order_of_another_owner_is_not_found_and_stays(
    shop: Client, token: Callable[[str], str], of_web: dict[str, Any], name: str
) -> None:
    caller = token(name)
    units = settlement_body((BLACK, 1))
    assert shop.get(ORDER_PATH, caller).code == "order_not_found"
    assert shop.post(f"{ORDER_PATH}/extend", {}, caller).code == "order_not_found"
    amended = shop.post(f"{ORDER_PATH}/amend", order_body((BLACK, 1)), caller, idempotency_key="amend")
    assert amended.code == "order_not_found"
    assert shop.post(f"{ORDER_PATH}/reopen", {}, caller, idempotency_key="reopen").code == "order_not_found"
    for command in ("confirm", "cancel", "refund"):
        for key, body in {"whole": None, "part": units}.items():
            answer = shop.post(f"{ORDER_PATH}/{command}", body, caller, idempotency_key=f"{command}-{key}")
            assert (answer.status, answer.code) == (404, "order_not_found")
    commands = batch(
        {"order_id": ORDER, "command": "confirm"}, {"order_id": ORDER, "command": "cancel"}, place()
    )
    results = shop.post("/orders/batch", commands, caller).json["results"]
    assert [result["problem"]["code"] for result in results] == [
        "order_not_found",
        "order_not_found",
        "order_exists",
    ]
    assert shop.walk(OTHERS, caller) == [[]]
    assert shop.get(ORDER_PATH, token("web-2")).json == of_web


@pytest.mark.parametrize("name", DO_NOT_SEE)
@pytest.mark.parametrize("body", [ONE, order_body((WHITE, 2))])
def test_the_id_of_another_owners_order_is_taken_and_nothing_of_it_is_said(
    shop: Client, token: Callable[[str], str], of_web: dict[str, Any], name: str, body: Any
) -> None:
    answer = shop.put(ORDER_PATH, body, token(name))
    assert (answer.status, answer.code) == (409, "order_exists")
    assert answer.json["detail"] == f"{ORDER} exists."
    assert answer.json.keys() == {"type", "title", "status", "detail", "code", "request_id"}
    assert shop.put(ORDER_PATH, ONE, token("web-2")).headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("cancel_reason", ["requested", "expired"])
@pytest.mark.parametrize("name", [*DO_NOT_SEE, "desk"])
def test_a_place_again_of_another_owners_order_says_nothing_of_it(
    shop: Client, token: Callable[[str], str], tables: Tables, name: str, cancel_reason: str
) -> None:
    """Its owner reads that it was cancelled or has expired; the desk places for `default`."""
    tables.put(a_sku(current=9))
    tables.put_order(an_order(a_line(cancelled=1), owner="web", cancel_reason=cancel_reason))
    code = {"requested": "order_cancelled", "expired": "reservation_expired"}[cancel_reason]
    own = shop.put(ORDER_PATH, ONE, token("web-2"))
    assert (own.status, own.code, own.json["order"]["order_id"]) == (409, code, ORDER)
    single = shop.put(ORDER_PATH, ONE, token(name))
    [result] = shop.post("/orders/batch", batch(place()), token(name)).json["results"]
    assert (single.status, result["status_code"]) == (409, 409)
    for problem in (single.json, result["problem"]):
        assert (problem["code"], problem["detail"]) == ("order_exists", f"{ORDER} exists.")
        assert problem.keys() == {"type", "title", "status", "detail", "code", "request_id"}


@pytest.mark.parametrize("saga_state", SagaState)
@pytest.mark.parametrize("name", DO_NOT_SEE)
def test_what_is_going_on_with_another_owners_order_is_not_said(
    shop: Client, token: Callable[[str], str], tables: Tables, name: str, saga_state: SagaState
) -> None:
    tables.put(a_sku(current=9, reserved=1))
    tables.put_order(an_order(a_line(reserved=1), owner="web", saga=a_saga(saga_state)))
    assert shop.get(ORDER_PATH, token("web-2")).json["status"] == saga_state.value
    caller = token(name)
    assert shop.get(ORDER_PATH, caller).code == "order_not_found"
    assert shop.walk(OTHERS, caller) == [[]]
    for command in ("confirm", "cancel", "refund", "extend"):
        body: dict[str, Any] | None = {} if command == "extend" else None
        assert shop.post(f"{ORDER_PATH}/{command}", body, caller).code == "order_not_found"
    assert shop.put(ORDER_PATH, ONE, caller).code == "order_exists"
    results = shop.post(
        "/orders/batch", batch({"order_id": ORDER, "command": "confirm"}, place()), caller
    ).json["results"]
    assert [result["problem"]["code"] for result in results] == ["order_not_found", "order_exists"]


@pytest.mark.parametrize("name", DO_NOT_SEE)
def test_an_order_settled_in_part_asks_its_own_callers_alone_for_a_key(
    shop: Client, token: Callable[[str], str], tables: Tables, name: str
) -> None:
    tables.put(a_sku(current=9, reserved=1))
    tables.put_order(an_order(a_line(reserved=1, confirmed=1), owner="web"))
    for command in ("confirm", "cancel", "refund"):
        path = f"{ORDER_PATH}/{command}"
        assert shop.post(path, token=token("web-2")).code == "idempotency_key_required"
        assert shop.post(path, token=token(name)).code == "order_not_found"
        assert shop.post(path, token=token(name), if_match='"99"').code == "order_not_found"
    whole = [{"order_id": ORDER, "command": command} for command in ("confirm", "cancel")]
    for caller, code in (("web-2", "idempotency_key_required"), (name, "order_not_found")):
        results = shop.post("/orders/batch", batch(*whole), token(caller)).json["results"]
        assert [result["problem"]["code"] for result in results] == [code, code]


@pytest.mark.usefixtures("stocked")
def test_a_replay_says_nothing_of_the_order_that_another_owner_placed_since(
    shop: Client, token: Callable[[str], str]
) -> None:
    cancel = f"{ORDER_PATH}/cancel"
    assert shop.post(cancel, token=token("web-1"), idempotency_key="k").status == 200
    assert shop.put(ORDER_PATH, ONE, token("till")).status == 201
    assert shop.post(cancel, token=token("web-1"), idempotency_key="k").code == "order_not_found"
    assert shop.get(ORDER_PATH, token("till")).json["status"] == "reserved"


@pytest.mark.usefixtures("stocked")
def test_a_client_sees_the_orders_of_further_owners_but_places_its_own(
    shop: Client, token: Callable[[str], str]
) -> None:
    shop.put("/orders/ORDER-OLD", ONE, token("unmapped"))
    shop.put("/orders/ORDER-NEW", ONE, token("till"))
    # A retry of a place from before the client had an owner of its own.
    assert shop.put("/orders/ORDER-OLD", ONE, token("till")).status == 200
    assert shop.post("/orders/ORDER-OLD/confirm", token=token("till")).status == 200
    assert shop.get("/orders/ORDER-NEW", token("till")).status == 200
    assert shop.get("/orders/ORDER-NEW", token("unmapped")).status == 404


def test_the_list_has_the_orders_of_its_owners(
    shop: Client, token: Callable[[str], str], tables: Tables
) -> None:
    tables.put(a_sku(current=500))
    placers = ("web-1", "unmapped", "till", "web-2")
    for number in range(20):
        assert shop.put(f"/orders/ORDER-{number}", ONE, token(placers[number % 4])).status == 201

    def placed_by(*names: str) -> list[int]:
        return [number for number in range(20) if placers[number % 4] in names]

    for limit in (1, 3, 100):
        for name, expected in {
            "desk": placed_by(*placers),
            "erp": placed_by(*placers),
            "web-1": placed_by("web-1", "web-2"),
            "web-2": placed_by("web-1", "web-2"),
            "unmapped": placed_by("unmapped"),
            "till": placed_by("unmapped", "till"),
        }.items():
            pages = shop.walk(f"{OTHERS}&limit={limit}", token(name))
            listed = [int(order["order_id"].removeprefix("ORDER-")) for page in pages for order in page]
            assert sorted(listed) == expected, name
            assert max(map(len, pages)) <= limit


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("name", ["erp", "desk", "admin"])
def test_those_who_see_all_may_name_the_owner(shop: Client, token: Callable[[str], str], name: str) -> None:
    caller = token(name)
    assert shop.put(ORDER_PATH, {**ONE, "owner": "web"}, caller).status == 201
    assert shop.get(ORDER_PATH, token("web-1")).status == 200
    assert shop.get(ORDER_PATH, token("unmapped")).status == 404
    assert shop.put("/orders/ORDER-2", ONE, caller).status == 201
    assert shop.get("/orders/ORDER-2", token("unmapped")).status == 200
    results = shop.post("/orders/batch", batch(place("ORDER-3", owner="till"), place("ORDER-4")), caller)
    assert [result["status_code"] for result in results.json["results"]] == [201, 201]
    assert shop.get("/orders/ORDER-3", token("unmapped")).status == 404
    assert shop.get("/orders/ORDER-4", token("unmapped")).status == 200
    # The same id with another owner is not the same order.
    assert shop.put(ORDER_PATH, {**ONE, "owner": "web"}, caller).status == 200
    for body in (ONE, {**ONE, "owner": "till"}):
        assert shop.put(ORDER_PATH, body, caller).code == "order_exists"


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("name", ["web-1", "till", "unmapped"])
@pytest.mark.parametrize("owner", ["web", "till", "default"])
def test_others_may_not_name_the_owner(
    shop: Client, token: Callable[[str], str], name: str, owner: str
) -> None:
    answer = shop.put(ORDER_PATH, {**ONE, "owner": owner}, token(name))
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == ["body.owner"]
    batched = shop.post("/orders/batch", batch(place("ORDER-9"), place(owner=owner)), token(name))
    assert batched.status == 422
    assert [error["path"] for error in batched.json["errors"]] == ["body.orders[1].owner"]
    assert shop.walk(OTHERS, token("desk")) == [[]]


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("owner", ["*", "", "Web", "web shop", "-web", "w" * 33, 1])
def test_an_owner_has_a_form(shop: Client, token: Callable[[str], str], owner: Any) -> None:
    answer = shop.put(ORDER_PATH, {**ONE, "owner": owner}, token("desk"))
    assert (answer.status, answer.code) == (422, "invalid_input")


@pytest.mark.usefixtures("stocked")
def test_the_desk_is_recorded_as_the_person(
    shop: Client, token: Callable[[str], str], tables: Tables
) -> None:
    shop.put(ORDER_PATH, ONE, token("desk"))
    assert [record["performed_by"] for record in tables.records()] == [{"S": "user:dora"}]


# Tombstones


@pytest.mark.usefixtures("stocked")
def test_a_tombstone_holds_for_its_owner_alone(shop: Client, token: Callable[[str], str]) -> None:
    assert shop.post(f"{ORDER_PATH}/cancel", token=token("web-1")).json["lines"] == []
    assert shop.put(ORDER_PATH, ONE, token("web-2")).code == "order_cancelled"
    assert shop.get(ORDER_PATH, token("unmapped")).status == 404
    assert shop.post(f"{ORDER_PATH}/cancel", token=token("unmapped")).status == 404
    placed = shop.put(ORDER_PATH, ONE, token("unmapped"))
    assert (placed.status, placed.json["status"], placed.json["cancel_reason"]) == (201, "reserved", None)
    assert shop.get(ORDER_PATH, token("unmapped")).json == placed.json
    assert shop.put(ORDER_PATH, ONE, token("web-1")).code == "order_exists"
    assert shop.post(f"{ORDER_PATH}/confirm", token=token("unmapped")).status == 200


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("name", ["erp", "desk", "admin"])
def test_a_tombstone_holds_for_places_of_its_owner_by_those_who_see_all(
    shop: Client, token: Callable[[str], str], name: str
) -> None:
    tombstone = shop.post(f"{ORDER_PATH}/cancel", token=token("web-1")).json
    refused = shop.put(ORDER_PATH, {**ONE, "owner": "web"}, token(name))
    assert (refused.code, refused.json["order"]) == ("order_cancelled", tombstone)
    assert shop.put(ORDER_PATH, {**ONE, "owner": "till"}, token(name)).status == 201
    assert shop.get(ORDER_PATH, token("till")).json["status"] == "reserved"


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("name", ["erp", "desk", "admin"])
def test_a_tombstone_of_those_who_see_all_holds_for_everyone(
    shop: Client, token: Callable[[str], str], name: str
) -> None:
    assert shop.post(f"{ORDER_PATH}/cancel", token=token(name)).status == 200
    for other in ("web-1", "till", "unmapped", "desk"):
        assert shop.put(ORDER_PATH, ONE, token(other)).code == "order_cancelled"
        assert shop.post(f"{ORDER_PATH}/cancel", token=token(other)).status == 200


def test_a_large_order_replaces_a_tombstone_of_another_owner(
    process: Process, shop: Client, token: Callable[[str], str], tables: Tables
) -> None:
    skus = [a_sku(f"SKU-PROD-E4F9A-V{number:03}", 10) for number in range(60)]
    tables.put(*skus)
    assert shop.post(f"{ORDER_PATH}/cancel", token=token("web-1")).status == 200
    body = order_body(*((sku.sku, 1) for sku in skus))
    placed = shop.put(ORDER_PATH, body, token("unmapped"))
    assert (placed.status, placed.json["status"], len(placed.json["lines"])) == (201, "reserved", 60)
    assert shop.put(ORDER_PATH, body, token("unmapped")).status == 200
    assert shop.put(ORDER_PATH, body, token("web-1")).code == "order_exists"
    assert shop.post(f"{ORDER_PATH}/confirm", token=token("web-1")).status == 404
    assert shop.post(f"{ORDER_PATH}/confirm", token=token("unmapped")).json["status"] == "confirmed"


# What is stored


@pytest.mark.usefixtures("stocked")
def test_an_order_that_was_stored_without_an_owner_is_of_the_default_one(
    shop: Client, token: Callable[[str], str], dynamodb: Any
) -> None:
    shop.put(ORDER_PATH, ONE, token("unmapped"))
    [item] = [dynamodb.get_item(TableName="VendorInventory", Key=order_key(ORDER))["Item"]]
    assert "owner" not in item, "nothing changes for those who configure no owners"
    assert order_from_item(item).owner == "default"
    shop.put("/orders/ORDER-2", ONE, token("web-1"))
    [item] = [dynamodb.get_item(TableName="VendorInventory", Key=order_key("ORDER-2"))["Item"]]
    assert item["owner"] == {"S": "web"}


@pytest.mark.usefixtures("stocked")
def test_the_owner_stays_through_every_command(
    process: Process, shop: Client, token: Callable[[str], str]
) -> None:
    shop.put(ORDER_PATH, order_body((BLACK, 3)), token("web-1"))
    shop.post(f"{ORDER_PATH}/confirm", settlement_body((BLACK, 1)), token("desk"), idempotency_key="a")
    shop.post(f"{ORDER_PATH}/cancel", settlement_body((BLACK, 1)), token("erp"), idempotency_key="b")
    shop.post(f"{ORDER_PATH}/extend", {"hold_seconds": 100_000}, token("admin"))
    found = process.storage.orders.get(ORDER)
    assert found is not None
    assert found.owner == "web"
