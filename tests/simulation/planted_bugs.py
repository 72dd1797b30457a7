"""Bugs that the simulator must find: each is planted by a test, none is in the product.

Most of them change the calls between the stores and the DynamoDB client, or their responses.  The others
replace a function of the service.
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
from services.stock.chalicelib.domain import amendments, reopening, saga_steps, stock_rules
from services.stock.chalicelib.domain.decisions import Decision, ReadSet, WriteSet
from services.stock.chalicelib.domain.holds import expire
from services.stock.chalicelib.domain.low_stock import low_stock_alert
from services.stock.chalicelib.domain.orders import SagaState
from services.stock.chalicelib.engine import executor, sweeper
from services.stock.chalicelib.engine.executor import Executor
from services.stock.chalicelib.engine.sagas import Sagas
from services.stock.chalicelib.engine.stream_handlers import StreamHandlers
from services.stock.chalicelib.engine.transaction_batch import decide_batch
from services.stock.chalicelib.storage.database import Database
from services.stock.chalicelib.storage.orders import OrderStore

Call = Callable[..., Any]
Tamper = Callable[[Call, str, dict[str, Any]], Any]
"""Makes a call differently: takes the client's own method, the operation's name, the arguments."""

ANYTHING = "attribute_exists(product_id) OR attribute_not_exists(product_id)"


class TamperedClient:
    """A client whose calls go through a tamper function."""

    def __init__(self, client: Any, tamper: Tamper) -> None:
        self._client = client
        self._tamper = tamper
        self.exceptions = client.exceptions

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        return lambda **arguments: self._tamper(call, name, arguments)


def _tampering(make: Callable[[], Tamper]) -> Callable[[pytest.MonkeyPatch], None]:
    """Plant a tamper function, a new one for each process."""
    original = Database.__init__

    def plant(monkeypatch: pytest.MonkeyPatch) -> None:
        def tampered(self: Database, client: Any, *rest: Any, **named: Any) -> None:
            original(self, TamperedClient(client, make()), *rest, **named)

        monkeypatch.setattr(Database, "__init__", tampered)

    return plant


def _actions(
    change: Callable[[dict[str, Any]], dict[str, Any] | None],
) -> Callable[[pytest.MonkeyPatch], None]:
    """Plant a change of each action of each transaction; None omits the action."""

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
    return ":chained" in action.get("ExpressionAttributeValues", {}) and _sort_key(action).startswith("SKU-")


def _is_write_of(action: dict[str, Any], sort_key: str) -> bool:
    return ("Item" in action or "UpdateExpression" in action) and _sort_key(action) == sort_key


def _written(action: dict[str, Any], name: str) -> Any:
    """Return the value that an action writes to an attribute, or None."""
    return action.get("Item", {}).get(name) or action.get("ExpressionAttributeValues", {}).get(f":{name}")


def _is_record(action: dict[str, Any]) -> bool:
    return "Item" in action and "previous_hash" in action["Item"]


def _unconditional(action: dict[str, Any]) -> dict[str, Any]:
    return {**action, "ConditionExpression": f"({action['ConditionExpression']}) OR {ANYTHING}"}


def sku_without_condition(action: dict[str, Any]) -> dict[str, Any]:
    return _unconditional(action) if _is_stock_update(action) else action


def sku_condition_on_the_wrong_attribute(action: dict[str, Any]) -> dict[str, Any]:
    """Check that there is enough stock instead of that nobody has written."""
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
    condition = action["ConditionExpression"].replace(
        " AND is_active = :true AND product_is_active = :true", ""
    )
    return {**action, "ConditionExpression": condition, "ExpressionAttributeValues": values}


def order_without_condition(action: dict[str, Any]) -> dict[str, Any]:
    return _unconditional(action) if _is_write_of(action, "#ORDER") else action


def saga_step_without_condition(action: dict[str, Any]) -> dict[str, Any]:
    """Take the next step of a saga even if another process has taken it."""
    is_step = _is_write_of(action, "#ORDER") and (
        _written(action, "errand") or "#errand" in action.get("ExpressionAttributeNames", {})
    )
    return _unconditional(action) if is_step else action


def no_idempotency_record(action: dict[str, Any]) -> dict[str, Any] | None:
    return None if _is_write_of(action, "#MARKER") else action


def idempotency_record_without_condition(action: dict[str, Any]) -> dict[str, Any]:
    return _unconditional(action) if _is_write_of(action, "#MARKER") else action


def sweeper_without_condition(action: dict[str, Any]) -> dict[str, Any]:
    """Overwrite the order, even if it has changed."""
    expires = _written(action, "cancel_reason") == {"S": "expired"}
    return _unconditional(action) if expires else action


def log_after_the_transaction(call: Call, operation: str, arguments: dict[str, Any]) -> Any:
    """Write the log record after the stock."""
    if operation != "transact_write_items":
        return call(**arguments)
    entries = arguments["TransactItems"]
    logged = [entry for entry in entries if _is_record(entry.get("Put", {}))]
    if not logged:
        return call(**arguments)
    response = call(TransactItems=[entry for entry in entries if entry not in logged])
    call(TransactItems=logged)
    return response


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


def unprocessed_keys_dropped(call: Call, operation: str, arguments: dict[str, Any]) -> Any:
    response = call(**arguments)
    return {**response, "UnprocessedKeys": {}} if operation == "batch_get_item" else response


def flag_without_version(call: Call, operation: str, arguments: dict[str, Any]) -> Any:
    if operation == "update_item" and ":flag" in arguments["ExpressionAttributeValues"]:
        arguments = _unconditional(arguments)
    return call(**arguments)


def _cached_reads() -> Tamper:
    """Return cached items for keys that the same process has read before."""
    cached: dict[str, Any] = {}

    def tamper(call: Call, operation: str, arguments: dict[str, Any]) -> Any:
        if operation != "batch_get_item":
            return call(**arguments)
        requested = {
            repr((table, sorted(key.items()))): table
            for table, request in arguments["RequestItems"].items()
            for key in request["Keys"]
        }
        if not requested.keys() <= cached.keys():
            response = call(**arguments)
            if not response["UnprocessedKeys"]:
                cached.update(dict.fromkeys(requested, None))
            for table, items in response["Responses"].items():
                for item in items:
                    names = ("product_id", "sku") if "sku" in item else ("product_id",)
                    read = sorted((name, item[name]) for name in names)
                    cached[repr((table, read))] = item
            return response
        responses: dict[str, list[Any]] = {table: [] for table in arguments["RequestItems"]}
        for key, table in requested.items():
            if cached[key] is not None:
                responses[table].append(cached[key])
        return {"Responses": responses, "UnprocessedKeys": {}}

    return tamper


def newer_items_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a read add what was missing, and replace nothing."""
    original = ReadSet.updated
    monkeypatch.setattr(ReadSet, "updated", lambda self, newer: original(newer, self))


def idempotency_record_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(IdempotencyKey, "replayed_record", lambda self, record, now: None)


def key_accepted_with_another_payload(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(IdempotencyKey, "replayed_record", lambda self, record, now: record)


def time_of_the_local_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock_rules, "later_of", lambda moment, previous: moment)


def sweeper_trusts_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """Release every order that was listed as due, even if its hold was extended since."""

    def trusting(original: Callable[..., Decision]) -> Callable[..., Decision]:
        def trusted(state: Any, context: Any) -> Decision:
            order = state.order
            if order is None or order.expires_at is None:
                return original(state, context)
            due = replace(order, expires_at=min(order.expires_at, context.now))
            decision = original(replace(state, order=due), context)
            if not isinstance(decision, WriteSet) or decision.order is None:
                return decision
            return replace(decision, order=replace(decision.order, expires_at=order.expires_at))

        return trusted

    monkeypatch.setattr(sweeper, "expire", trusting(expire))
    monkeypatch.setattr(saga_steps, "begin_expiry", trusting(saga_steps.begin_expiry))


def saga_lease_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the sweeper take every saga for an abandoned one."""
    get, due = OrderStore.get, OrderStore.due
    begin_release = saga_steps.begin_release_of_abandoned

    def get_with_expired_lease(self: OrderStore, order_id: str) -> Any:
        found = get(self, order_id)
        if found is None or found.saga is None:
            return found
        return replace(found, saga=replace(found.saga, lease_until=""))

    def due_at_any_time(self: OrderStore, due_before: str, page: Any) -> Any:
        return due(self, "9999", page)

    def begin(state: Any, context: Any) -> Decision:
        order = state.order
        if order is not None and order.saga is not None:
            expired = replace(order, saga=replace(order.saga, lease_until=context.now))
            state = replace(state, order=expired)
        return begin_release(state, context)

    monkeypatch.setattr(OrderStore, "due", due_at_any_time)
    monkeypatch.setattr(OrderStore, "get", get_with_expired_lease)
    monkeypatch.setattr(saga_steps, "begin_release_of_abandoned", begin)


def released_instead_of_continued(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the sweeper release an order whose abandoned saga settles it."""
    original = Sagas.resume

    def resume(self: Sagas, order_id: str, actor: Any, deadline: float) -> bool:
        order = self.orders.get(order_id)
        if order is None or order.saga is None or order.saga.state not in saga_steps.SETTLEMENTS:
            return original(self, order_id, actor, deadline)
        saga = replace(order.saga, state=SagaState.RELEASING)
        releasing = replace(order, saga=saga, version=order.version + 1)
        self.state.commit([WriteSet(movements=(), order=releasing, replaced_order=order)])
        return True

    monkeypatch.setattr(Sagas, "resume", resume)


def amended_by_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the units of an amend to those that are reserved, as if it named what to add."""
    monkeypatch.setattr(amendments, "changes_of", lambda order, command: {**command.lines})


def reopened_with_the_old_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a reopened order keep the hold that it had, which may have ended."""
    original = reopening.reopen

    def reopen(state: Any, command: Any, context: Any) -> Decision:
        decision = original(state, command, context)
        if not isinstance(decision, WriteSet) or decision.order is None:
            return decision
        return replace(decision, order=replace(decision.order, expires_at=state.order.expires_at))

    monkeypatch.setattr(reopening, "reopen", reopen)


def refused_from_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse commands by the SKUs that the process has cached."""
    original = Executor._try_cached

    def try_cached(self: Executor, batch: Any, deadline: float) -> Any:
        cached = self.sku_cache.get_all({key for work in batch for key in work.keys})
        if cached and all(work.order_id is None or work.creates_order for work in batch):
            decided = decide_batch(batch, ReadSet(skus=cached), self.clock(), self.signer())
            if decided.outcomes and all(isinstance(each, InventoryError) for each in decided.outcomes):
                return executor._Finished(decided.outcomes)
        return original(self, batch, deadline)

    monkeypatch.setattr(Executor, "_try_cached", try_cached)


def answers_in_the_order_of_narrower_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer the commands of a divided batch in the order in which they were executed."""
    original = Executor._run_divided

    def run_divided(self: Executor, batch: Any, deadline: float) -> Any:
        return [outcome for part in self.width.divide(batch) for outcome in original(self, part, deadline)]

    monkeypatch.setattr(Executor, "_run_divided", run_divided)


def _flag_of_the_change(self: StreamHandlers, changes: Any) -> None:
    [change] = changes
    if change.before is None or change.after is None:
        return
    product = Product.from_item(change.after)
    for key in self.skus.with_outdated_flag(product):
        self._set_flag(product, key)


def product_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the flag of the delivered change over whatever the SKU has."""
    _tampering(lambda: flag_without_version)(monkeypatch)
    monkeypatch.setattr(StreamHandlers, "products_changed", _flag_of_the_change)


def _alert_stored_first(self: StreamHandlers, change: Any) -> None:
    if change.before is None or change.after is None:
        return
    skus = Sku.from_item(change.before), Sku.from_item(change.after)
    alert = low_stock_alert(*skus, happened_at=self.clock())
    if alert is None or self.sent_alerts.contains(alert.alert_id):
        return
    self.sent_alerts.add(alert.alert_id, self.clock())
    self.alerts.send(alert)


def alert_stored_before_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StreamHandlers, "sku_changed", _alert_stored_first)


PLANTED_BUGS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "a SKU is written without condition": _actions(sku_without_condition),
    "a SKU is written on condition of the wrong attribute": _actions(sku_condition_on_the_wrong_attribute),
    "a SKU may be deactivated before the commit": _actions(sku_may_be_inactive),
    "an order is written without condition": _actions(order_without_condition),
    "a saga step is written without condition": _actions(saga_step_without_condition),
    "an order is written after the stock": _tampering(lambda: order_after_the_stock),
    "no idempotency record is written": _actions(no_idempotency_record),
    "an idempotency record is written without condition": _actions(idempotency_record_without_condition),
    "an idempotency record is ignored": idempotency_record_ignored,
    "an idempotency record stands for any payload": key_accepted_with_another_payload,
    "the log is written after the stock": _tampering(lambda: log_after_the_transaction),
    "a conflict is taken for success": _tampering(lambda: conflict_taken_for_success),
    "a timeout is taken for success": _tampering(lambda: timeout_taken_for_success),
    "unprocessed keys are taken for absent items": _tampering(lambda: unprocessed_keys_dropped),
    "a command is decided on what was read for an earlier one": _tampering(_cached_reads),
    "a command is refused from the cache": refused_from_the_cache,
    "the next attempt decides on the old items": newer_items_ignored,
    "a record has the time of the local clock": time_of_the_local_clock,
    "the product flag is written without its version": _tampering(lambda: flag_without_version),
    "the product flag is that of the delivered change": product_not_read_again,
    "the sweeper overwrites an order that has changed": _actions(sweeper_without_condition),
    "the sweeper trusts the index": sweeper_trusts_the_index,
    "the sweeper does not wait for the lease of a saga": saga_lease_ignored,
    "the sweeper releases an order that is being settled": released_instead_of_continued,
    "an amend adds the units that it names": amended_by_what_it_says,
    "a reopened order keeps its old hold": reopened_with_the_old_hold,
    "the answers of a divided batch are mixed up": answers_in_the_order_of_narrower_batches,
    "an alert is stored as sent before it is sent": alert_stored_before_it_is_sent,
}
