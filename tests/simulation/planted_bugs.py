"""Bugs that the simulator has to find: each is planted by a test, none is in the product.

Most stand between the gateway and its client: what the service sends, or learns, is not what it should be.
The others take the place of a function of the service.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from inventory_common.errors import InventoryError
from inventory_common.idempotency import IdempotencyKey
from inventory_common.products import Product
from inventory_common.skus import Sku
from services.stock.chalicelib import steps, stock_rules, sweeper, transactor
from services.stock.chalicelib.inventory_gateway import InventoryGateway
from services.stock.chalicelib.low_stock import low_stock_alert
from services.stock.chalicelib.orders import Phase
from services.stock.chalicelib.reactions import Reactions
from services.stock.chalicelib.sagas import Sagas
from services.stock.chalicelib.snapshot import Commit, Readings
from services.stock.chalicelib.transactor import Transactor

Call = Callable[..., Any]
Tamper = Callable[[Call, str, dict[str, Any]], Any]
"""Does a call of the client in another way: takes the client's own way, the operation, the arguments."""

ANYTHING = "attribute_exists(product_id) OR attribute_not_exists(product_id)"


class TamperedClient:
    """A client whose calls are tampered with."""

    def __init__(self, client: Any, tamper: Tamper) -> None:
        self._client = client
        self._tamper = tamper
        self.exceptions = client.exceptions

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        return lambda **arguments: self._tamper(call, name, arguments)


def _tampering(make: Callable[[], Tamper]) -> Callable[[pytest.MonkeyPatch], None]:
    """Plant a tamper, a fresh one for each gateway."""
    original = InventoryGateway.__init__

    def plant(monkeypatch: pytest.MonkeyPatch) -> None:
        def tampered(self: InventoryGateway, client: Any, *rest: Any, **named: Any) -> None:
            original(self, TamperedClient(client, make()), *rest, **named)

        monkeypatch.setattr(InventoryGateway, "__init__", tampered)

    return plant


def _actions(
    change: Callable[[dict[str, Any]], dict[str, Any] | None],
) -> Callable[[pytest.MonkeyPatch], None]:
    """Plant a change of each action of each transaction; None leaves the action out."""

    def tamper(call: Call, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "transact_write_items":
            entries = []
            for entry in arguments["TransactItems"]:
                [(kind, action)] = entry.items()
                changed = change(dict(action))
                if changed is not None:
                    entries.append({kind: changed})
            arguments = {**arguments, "TransactItems": entries}
        return call(**arguments)

    return _tampering(lambda: tamper)


def _sort_key(action: dict[str, Any]) -> str:
    item = action.get("Key") or action.get("Item") or {}
    return str(item.get("sku", {}).get("S", ""))


def _is_stock_update(action: dict[str, Any]) -> bool:
    return "UpdateExpression" in action and _sort_key(action).startswith("SKU-")


def _is_write_of(action: dict[str, Any], sort_key: str) -> bool:
    return ("Item" in action or "UpdateExpression" in action) and _sort_key(action) == sort_key


def _written(action: dict[str, Any], name: str) -> Any:
    """Return what an action puts or sets an attribute to, None if nothing."""
    return action.get("Item", {}).get(name) or action.get("ExpressionAttributeValues", {}).get(f":{name}")


def _is_record(action: dict[str, Any]) -> bool:
    return "Item" in action and "previous_hash" in action["Item"]


def _unconditional(action: dict[str, Any]) -> dict[str, Any]:
    return {**action, "ConditionExpression": f"({action['ConditionExpression']}) OR {ANYTHING}"}


def sku_without_condition(action: dict[str, Any]) -> dict[str, Any]:
    return _unconditional(action) if _is_stock_update(action) else action


def sku_condition_on_the_wrong_attribute(action: dict[str, Any]) -> dict[str, Any]:
    """Guard against overselling instead of against other writers."""
    if not _is_stock_update(action):
        return action
    values = dict(action["ExpressionAttributeValues"])
    del values[":expected"], values[":chained"]
    condition = action["ConditionExpression"].replace(
        "#sequence = :expected AND #ledger_hash = :chained", "current_stock >= :reserved_stock"
    )
    return {**action, "ConditionExpression": condition, "ExpressionAttributeValues": values}


def sku_may_be_inactive(action: dict[str, Any]) -> dict[str, Any]:
    if not _is_stock_update(action) or ":true" not in action["ExpressionAttributeValues"]:
        return action
    values = {name: value for name, value in action["ExpressionAttributeValues"].items() if name != ":true"}
    condition, _, _ = action["ConditionExpression"].partition(" AND is_active = :true")
    return {**action, "ConditionExpression": condition, "ExpressionAttributeValues": values}


def order_without_condition(action: dict[str, Any]) -> dict[str, Any]:
    return _unconditional(action) if _is_write_of(action, "#ORDER") else action


def step_without_condition(action: dict[str, Any]) -> dict[str, Any]:
    """Take the next step of an order whatever step it has taken since."""
    is_step = _is_write_of(action, "#ORDER") and (
        _written(action, "errand") or "#errand" in action.get("ExpressionAttributeNames", {})
    )
    return _unconditional(action) if is_step else action


def no_marker(action: dict[str, Any]) -> dict[str, Any] | None:
    return None if _is_write_of(action, "#MARKER") else action


def marker_without_condition(action: dict[str, Any]) -> dict[str, Any]:
    return _unconditional(action) if _is_write_of(action, "#MARKER") else action


def sweeper_without_guard(action: dict[str, Any]) -> dict[str, Any]:
    """Write the expired order over whatever it has become."""
    expires = _written(action, "cancel_reason") == {"S": "expired"}
    return _unconditional(action) if expires else action


def log_after_the_transaction(call: Call, operation: str, arguments: dict[str, Any]) -> Any:
    """Write the log record when the stock is written; another tamper of the same call would see it."""
    if operation != "transact_write_items":
        return call(**arguments)
    entries = arguments["TransactItems"]
    logged = [entry for entry in entries if _is_record(entry.get("Put", {}))]
    if not logged:
        return call(**arguments)
    answer = call(TransactItems=[entry for entry in entries if entry not in logged])
    call(TransactItems=logged)
    return answer


def order_after_the_stock(call: Call, operation: str, arguments: dict[str, Any]) -> Any:
    if operation != "transact_write_items":
        return call(**arguments)
    entries = arguments["TransactItems"]
    orders = [entry for entry in entries for action in entry.values() if _is_write_of(action, "#ORDER")]
    stock = [entry for entry in entries if entry not in orders]
    if not orders or not stock:
        return call(**arguments)
    call(TransactItems=stock)
    return call(TransactItems=orders)


def conflict_taken_for_success(call: Call, operation: str, arguments: dict[str, Any]) -> Any:
    try:
        return call(**arguments)
    except Exception as error:
        reasons = getattr(error, "response", {}).get("CancellationReasons", ())
        if any(reason["Code"] == "TransactionConflict" for reason in reasons):
            return {}
        raise


def timeout_taken_for_success(call: Call, operation: str, arguments: dict[str, Any]) -> Any:
    try:
        return call(**arguments)
    except (ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError):
        if operation == "transact_write_items":
            return {}
        raise


def unprocessed_keys_forgotten(call: Call, operation: str, arguments: dict[str, Any]) -> Any:
    answer = call(**arguments)
    return {**answer, "UnprocessedKeys": {}} if operation == "batch_get_item" else answer


def activity_without_version(call: Call, operation: str, arguments: dict[str, Any]) -> Any:
    if operation == "update_item" and ":flag" in arguments["ExpressionAttributeValues"]:
        arguments = _unconditional(arguments)
    return call(**arguments)


def _remembered_images() -> Tamper:
    """Answer from memory what was read before by the same process."""
    remembered: dict[str, Any] = {}

    def tamper(call: Call, operation: str, arguments: dict[str, Any]) -> Any:
        if operation != "batch_get_item":
            return call(**arguments)
        wanted = {
            repr((table, sorted(key.items()))): table
            for table, request in arguments["RequestItems"].items()
            for key in request["Keys"]
        }
        if not wanted.keys() <= remembered.keys():
            answer = call(**arguments)
            if not answer["UnprocessedKeys"]:
                remembered.update(dict.fromkeys(wanted, None))
            for table, items in answer["Responses"].items():
                for item in items:
                    names = ("product_id", "sku") if "sku" in item else ("product_id",)
                    key = sorted((name, item[name]) for name in names)
                    remembered[repr((table, key))] = item
            return answer
        responses: dict[str, list[Any]] = {table: [] for table in arguments["RequestItems"]}
        for key, table in wanted.items():
            if remembered[key] is not None:
                responses[table].append(remembered[key])
        return {"Responses": responses, "UnprocessedKeys": {}}

    return tamper


def stale_image_at_the_next_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reading adds what was not known, and replaces nothing."""
    original = Readings.updated
    monkeypatch.setattr(Readings, "updated", lambda self, found: original(found, self))


def marker_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(IdempotencyKey, "replayed_record", lambda self, idempotency_record, now: None)


def key_reused_for_another_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        IdempotencyKey, "replayed_record", lambda self, idempotency_record, now: idempotency_record
    )


def time_of_the_local_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock_rules, "later_of", lambda moment, previous: moment)


def sweeper_believes_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Release what was listed as due, and do not look whether it was extended since."""

    def believing(original: Callable[..., Any]) -> Callable[..., Any]:
        def expire(snapshot: Any, occasion: Any) -> Any:
            order = snapshot.order
            if order is None or order.expires_at is None:
                return original(snapshot, occasion)
            due = replace(order, expires_at=min(order.expires_at, occasion.now))
            commit = original(replace(snapshot, order=due), occasion)
            if commit is None or commit.order is None:
                return commit
            return replace(commit, order=replace(commit.order, expires_at=order.expires_at))

        return expire

    monkeypatch.setattr(sweeper, "expire", believing(sweeper.expire))
    monkeypatch.setattr(steps, "begin_expiry", believing(steps.begin_expiry))


def lease_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the sweeper take whatever is in the middle for left there."""
    orders_due, order_of, begin_release = (
        InventoryGateway.orders_due,
        InventoryGateway.order,
        steps.begin_release,
    )

    def order(self: InventoryGateway, order_id: str) -> Any:
        found = order_of(self, order_id)
        if found is None or found.errand is None:
            return found
        return replace(found, errand=replace(found.errand, lease_until=""))

    def begin(snapshot: Any, occasion: Any, *, command: Any = None) -> Any:
        found = snapshot.order
        if command is None and found is not None and found.errand is not None:
            over = replace(found, errand=replace(found.errand, lease_until=occasion.now))
            snapshot = replace(snapshot, order=over)
        return begin_release(snapshot, occasion, command=command)

    def due(self: InventoryGateway, due_before: str, page: Any) -> Any:
        return orders_due(self, "9999", page)

    monkeypatch.setattr(InventoryGateway, "orders_due", due)
    monkeypatch.setattr(InventoryGateway, "order", order)
    monkeypatch.setattr(steps, "begin_release", begin)


def released_instead_of_rolled_forward(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the sweeper undo a settlement that was left in the middle."""
    original = Sagas.go_on

    def go_on(self: Sagas, order_id: str, source: Any, deadline: float) -> bool:
        order = self.gateway.order(order_id)
        if order is None or order.phase not in steps.SETTLEMENTS:
            return original(self, order_id, source, deadline)
        turned = replace(order, phase=Phase.RELEASING, version=order.version + 1)
        self.gateway.commit([Commit(movements=(), order=turned, replaced_order=order)])
        return True

    monkeypatch.setattr(Sagas, "go_on", go_on)


def refusal_out_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer what a command is refused with by the SKUs that the process remembers."""
    original = Transactor._guess

    def guess(self: Transactor, pack: Any, losses: Any) -> Any:
        remembered = self.memory.recall({sku for task in pack for _, sku in task.skus})
        if remembered and all(task.order_id is None or task.makes_order for task in pack):
            plan = transactor._decide(pack, Readings(skus=remembered), self.clock())
            if plan.outcomes and all(isinstance(outcome, InventoryError) for outcome in plan.outcomes):
                return Readings(), plan.outcomes
        return original(self, pack, losses)

    monkeypatch.setattr(Transactor, "_guess", guess)


def _product_changed_by_the_hint(self: Any, change: Any) -> None:
    if change.before is None or change.after is None:
        return
    product = Product.from_item(change.after)
    for sku in self.gateway.skus_older_than(product):
        self._tell(sku, product)


def _product_changed_by_the_hint_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the hint's flag over whatever the SKU knows."""
    _tampering(lambda: activity_without_version)(monkeypatch)
    monkeypatch.setattr(Reactions, "product_changed", _product_changed_by_the_hint)


def _alert_remembered_first(self: Any, change: Any) -> None:
    if change.before is None or change.after is None:
        return
    alert = low_stock_alert(Sku.from_item(change.before), Sku.from_item(change.after))
    if alert is None or self.gateway.is_sent(alert.alert_id):
        return
    self.gateway.remember_sent(alert.alert_id, self.clock())
    self.alerts.send(alert)


def alert_remembered_before_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reactions, "sku_changed", _alert_remembered_first)


PLANTED_BUGS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "a SKU is written without condition": _actions(sku_without_condition),
    "a SKU is written on condition of the wrong attribute": _actions(sku_condition_on_the_wrong_attribute),
    "a SKU may be switched off meanwhile": _actions(sku_may_be_inactive),
    "an order is written without condition": _actions(order_without_condition),
    "a step of an order is written without condition": _actions(step_without_condition),
    "an order is written after the stock": _tampering(lambda: order_after_the_stock),
    "no marker is written": _actions(no_marker),
    "a marker is written without condition": _actions(marker_without_condition),
    "a marker is not looked at": marker_not_looked_at,
    "a marker stands for any body": key_reused_for_another_body,
    "the log is written after the stock": _tampering(lambda: log_after_the_transaction),
    "a conflict is taken for success": _tampering(lambda: conflict_taken_for_success),
    "a timeout is taken for success": _tampering(lambda: timeout_taken_for_success),
    "keys that came back unread are taken for absent": _tampering(lambda: unprocessed_keys_forgotten),
    "a command is decided on what was read for an earlier one": _tampering(_remembered_images),
    "a refusal rests on what the process remembers": refusal_out_of_memory,
    "the next try is made with the old image": stale_image_at_the_next_try,
    "a record has the time of the local clock": time_of_the_local_clock,
    "a product's activity is told without its version": _tampering(lambda: activity_without_version),
    "a product's activity is told as the hint has it": _product_changed_by_the_hint_alone,
    "the sweeper writes whatever the order has become": _actions(sweeper_without_guard),
    "the sweeper believes the list": sweeper_believes_the_list,
    "the sweeper does not wait for a lease": lease_ignored,
    "the sweeper undoes what has to be rolled forward": released_instead_of_rolled_forward,
    "an alert is remembered before it is sent": alert_remembered_before_it_is_sent,
}
