"""Requests, commits and responses in their order, each checked against the model.

As one call runs at a time, the order of commits is known: the model executes each command at the moment of
its commit and must produce the same records, SKUs and orders.  A response must be one that the model could
have returned at some moment between the request and the response; a response that says "done", at its commit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.invariants import CommitChecks, is_order, is_record, is_sku, low_stock_entries
from tests.simulation.model import (
    SAGA_STATES,
    Amend,
    Command,
    Entry,
    Expire,
    Place,
    Refused,
    Reopen,
    SetActive,
    Settle,
    Shop,
    Sku,
    summed,
)
from tests.simulation.model_steps import (
    STEP_TYPES,
    Acknowledge,
    BeginRelease,
    BeginSettlement,
    PlaceLines,
    Refuse,
    ReleaseLines,
    Remove,
    SettleLines,
    SkuSet,
    Step,
    take,
)
from tests.simulation.translation import GetOrder, GetSku, Request, Response, order_view, sku_view
from tests.simulation.virtual_clock import LARGEST_SKEW_SECONDS, seconds_of
from tests.simulation.watched_tables import Change, WatchedTables

UNEXCUSED_TRIES_MAX = 3
HOLD_TOLERANCE_SECONDS = 3_700.0
"""The end of a hold is computed before the commit: up to an hour before it, if the time jumps in between."""
LEASE_SECONDS = 60.0
NOT_RESERVABLE = frozenset({"insufficient_stock", "product_inactive", "sku_inactive", "sku_not_found"})
CLIENT, SWEEPER, SAGA = "client:simulated", "system:expiry", "system:saga"
NOT_MODELLED = ("#ALERT", "#LOW-STOCK-BOUND")


class Violation(AssertionError):
    """A property that must hold was violated."""


@dataclass(eq=False)
class Attempt:
    """One execution of requests by one process; of the sweeper's work too, without `requests`.

    Attributes
    ----------
    possible
        By request, the codes that the model would have returned at any moment since the attempt began.
    commits
        By request, the numbers of the commits that completed it.
    late_commits
        The numbers of its commits that arrived after a delay: it may find its own command executed.
    steps
        By order, the numbers of the commits that were steps of a saga.
    may_finish
        Orders whose saga it may finish without a request: it began their release or their expiry.
    begun
        Orders of which it began a settlement by a saga for a request, or acknowledged the place.
    tries, excuses
        How many transactions it sent, and what may have made one fail: faults, and commits of others.
    """

    name: str
    requests: tuple[Request, ...] = ()
    since: int = 0
    possible: dict[Request, set[str]] = field(default_factory=lambda: defaultdict(set))
    commits: dict[Request, list[int]] = field(default_factory=lambda: defaultdict(list))
    late_commits: set[int] = field(default_factory=set)
    steps: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    may_finish: dict[str, int] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    tries: int = 0
    excuses: int = 0


class History:
    """Follows one simulation.

    Attributes
    ----------
    shop
        The model, as of the last commit.
    alerts_due
        The alerts that have to be sent.
    commits
        The number of commits.
    steps
        How many of them were steps of a saga, by type, for the report.
    """

    def __init__(self, tables: WatchedTables) -> None:
        self.shop = Shop(skew_seconds=LARGEST_SKEW_SECONDS)
        self.alerts_due: set[str] = set()
        self.commits = 0
        self.steps: Counter[str] = Counter()
        self._leases: dict[str, float] = {}
        self._lease_expired_at: dict[str, int] = {}
        self._removed: dict[str, int] = {}
        self._begun_by: dict[str, str] = {}
        self._tables = tables
        self._checks = CommitChecks()
        self._open: list[Attempt] = []
        self._views: defaultdict[str, list[tuple[int, Hashable, str]]] = defaultdict(list)
        self._products: dict[str, dict[int, bool]] = defaultdict(dict)

    # Requests and responses

    def begin(self, attempt: Attempt) -> None:
        attempt.since = self.commits
        self._open.append(attempt)
        self._add_possible_codes([attempt])

    def end(self, attempt: Attempt) -> None:
        self._add_possible_codes([attempt])
        self._open.remove(attempt)

    def check_response(self, attempt: Attempt, request: Request, response: Response) -> None:
        """Check a response; raise `Violation` if the model could not have returned it."""
        commits = attempt.commits[request]
        match response.code:
            case "unknown" | "outcome_unknown":
                return
            case "busy" | "database_unavailable" if isinstance(request, SetActive):
                # An update has no ClientRequestToken: botocore's second attempt may conflict with the first.
                return
            case "begun":
                if commits:
                    raise Violation(f"{attempt.name}: {request} is done, its response says that it is not")
                self._require_running(attempt, request, response)
                return
            case "read":
                assert isinstance(request, GetOrder | GetSku)
                name = request.order_id if isinstance(request, GetOrder) else request.sku
                self._require_view(attempt, request, name, response)
                return
            case "done" if isinstance(request, SetActive):
                if not attempt.possible[request] & {"done", "replayed"}:
                    raise Violation(f"{attempt.name}: the response to {request} says done, but nothing was")
                self._require_view(attempt, request, _subject(request), response)
                return
            case "done":
                if len(commits) != 1:
                    raise Violation(f"{attempt.name}: {request} was committed {len(commits)} times, not once")
                self._require_view(attempt, request, _subject(request), response, at=commits[0])
                return
        if commits and not (response.code == "replayed" and attempt.late_commits.issuperset(commits)):
            raise Violation(f"{attempt.name}: the response to {request} is {response.code}; it was committed")
        if response.code in ("busy", "database_unavailable"):
            if _subject(request) in attempt.begun:
                raise Violation(f"{attempt.name}: the response to {request} is {response.code}; it has begun")
            return
        began_release = attempt.may_finish.get(_subject(request)) if isinstance(request, Place) else None
        if began_release is not None and self._removed.get(_subject(request), 0) < began_release:
            raise Violation(
                f"{attempt.name}: the response to {request} is {response.code}, but units are still reserved"
            )
        if response.code == "order_not_found" and isinstance(request, GetOrder):
            # A tombstone expires without a commit.
            if self.shop.order(request.order_id) is not None:
                self._require_view(attempt, request, request.order_id, response)
        elif response.code not in attempt.possible[request]:
            raise Violation(
                f"{attempt.name}: the response to {request} is {response.code}; possible since it was sent: "
                f"{sorted(attempt.possible[request])}"
            )
        elif response.code == "replayed":
            self._require_view(attempt, request, _subject(request), response)

    def _require_running(self, attempt: Attempt, request: Request, response: Response) -> None:
        """Require that a response shows the order in a state in which the command was in progress."""
        views = self._views[_subject(request)]
        candidates = [each for each in views if each[0] <= attempt.since][-1:]
        candidates += [each for each in views if attempt.since < each[0]]
        states = (SAGA_STATES[request.kind],) if isinstance(request, Settle) else _states_in_progress(request)
        running = [view for _, view, state in candidates if state in states]
        if response.view not in running:
            raise Violation(
                f"{attempt.name}: the response to {request} shows {response.view} in progress, not {running}"
            )

    def _require_view(
        self, attempt: Attempt, request: Request, name: str, response: Response, at: int | None = None
    ) -> None:
        first = attempt.since if at is None else at
        last = self.commits if at is None else at
        views = self._views[name]
        candidates = [each for each in views if each[0] <= first][-1:] or [(0, None, "idle")]
        candidates += [each for each in views if first < each[0] <= last]
        acceptable = [
            view
            for _, view, saga_state in candidates
            if at is not None or saga_state not in _states_in_progress(request)
        ]
        view = response.view
        if at is not None and not isinstance(request, Place | Settle | Amend | Reopen):
            # The response may lack what another writer set beside the stock meanwhile.
            view, acceptable = _figures(view), [_figures(view) for view in acceptable]
        if view not in acceptable:
            raise Violation(
                f"{attempt.name}: the response to {request} shows {response.view}, not {acceptable}"
            )

    # Commits

    def count_try(self, attempt: Attempt, operation: str) -> None:
        """Count a transaction.

        A transaction that failed returned the current items; the next one can only fail for a new reason.

        Raises
        ------
        Violation
            If an attempt sends more transactions than faults and other commits explain.
        """
        if operation == "transact_write_items":
            attempt.tries += 1
        if attempt.tries > attempt.excuses + UNEXCUSED_TRIES_MAX * max(1, len(attempt.requests)):
            raise Violation(f"{attempt.name}: {attempt.requests} sent {attempt.tries} transactions in vain")

    def check_commit(self, attempt: Attempt, changes: list[Change]) -> str:
        """Check a commit, execute it in the model, and return a description of it.

        Raises
        ------
        Violation
            If an invariant no longer holds, or the model does not come to the same result.
        """
        self.commits += 1
        for other in self._open:
            other.excuses += 1
        wrong = list(self._checks.violations(changes))
        if wrong:
            raise Violation(f"{attempt.name}: " + "; ".join(wrong))
        self.alerts_due.update(low_stock_entries(changes))
        executed = list(self._follow(attempt, changes))
        self._compare(attempt, changes)
        self._add_possible_codes(self._open)
        return ", ".join(map(str, executed)) or "no command"

    def _follow(self, attempt: Attempt, changes: list[Change]) -> Iterator[Any]:
        for change in changes:
            if change.key[0] == "Products-table":
                product = change.after
                assert product is not None
                self._products[product["product_id"]][product["version"]] = product["is_active"] == "true"
            elif is_sku(change) and change.before is None:
                assert change.after is not None
                self.shop.skus[change.key[2]] = Sku()
            elif is_sku(change):
                yield from self._product_flag(change)
        expected: list[Entry] = []
        of_sagas = [change for change in changes if is_order(change) and _saga_states(change) is not None]
        if of_sagas:
            yield self._step(attempt, changes, of_sagas[0], expected)
        for command in () if of_sagas else self._commands(attempt, changes):
            try:
                if self.shop.is_replay(command):
                    raise Violation(f"{attempt.name}: {command} was executed a second time")
                expected += self.shop.execute(command)
            except Refused as refused:
                raise Violation(
                    f"{attempt.name}: {command} was executed; the model refuses it: {refused.code}"
                ) from refused
            attempt.commits[command].append(self.commits)
            yield command
        logged = [_entry(change.after) for change in changes if is_record(change) and change.after]
        if sorted(logged, key=repr) != sorted(map(tuple, expected), key=repr):
            raise Violation(f"{attempt.name}: the new log records are {logged}, not {expected}")

    def _commands(self, attempt: Attempt, changes: list[Change]) -> Iterator[Command]:
        """Yield those of the attempt's requests that a commit has executed."""
        orders = [change.key[1] for change in changes if is_order(change)]
        if not attempt.requests:
            # In their order within the transaction.
            yield from map(Expire, orders)
            return
        modelled = [
            change
            for change in changes
            if change.key[0] != "Products-table" and change.key[2] not in NOT_MODELLED
        ]
        keys = 0
        for request in attempt.requests:
            order_id = getattr(request, "order_id", None)
            if modelled and (order_id is None or order_id in orders):
                assert not isinstance(request, GetOrder | GetSku), f"a read wrote {changes}"
                keys += getattr(request, "key", None) is not None
                yield request
        idempotency_records = sum(change.key[2] == "#MARKER" for change in changes)
        if modelled and idempotency_records != keys:
            raise Violation(
                f"{attempt.name}: {attempt.requests} wrote {idempotency_records} idempotency records"
            )

    def _step(self, attempt: Attempt, changes: list[Change], change: Change, expected: list[Entry]) -> Step:
        """Return the step that a commit is, after the model has taken it; `expected` gets its log records.

        Raises
        ------
        Violation
            If there is no such step, this attempt may not take it, or the model refuses it.
        """
        order_id, saga_states = change.key[1], _saga_states(change)
        if sum(map(is_order, changes)) > 1 or saga_states is None or saga_states not in STEP_TYPES:
            raise Violation(
                f"{attempt.name}: {order_id} changes its state {saga_states} with {_keys(changes)}"
            )
        request = next((each for each in attempt.requests if _subject(each) == order_id), None)
        if self._is_lease_expired(order_id):
            self._lease_expired_at[order_id] = self.commits
        records = [each.after for each in changes if is_record(each) and each.after]
        step = self._step_of(attempt, change, request, SkuSet(record["sku"] for record in records))
        before = self.shop.orders.get(order_id)
        saga_command = None if before is None else before.saga_command
        was_acknowledged = before is not None and before.is_acknowledged
        try:
            expected += take(self.shop, step)
        except Refused as refused:
            raise Violation(
                f"{attempt.name}: {step} was taken; the model refuses it: {refused.code}"
            ) from refused
        match step:
            case SettleLines():
                who = SWEEPER if isinstance(saga_command, Expire) else CLIENT, self._begun_by[order_id]
            case PlaceLines() if was_acknowledged:
                who = CLIENT, self._begun_by[order_id]
            case ReleaseLines():
                who = SAGA, attempt.name
            case _:
                who = CLIENT, attempt.name
        for record in records:
            if (record["performed_by"], record["request_id"]) != who:
                raise Violation(
                    f"{attempt.name}: {step} is logged as performed by {record['performed_by']}, not {who}"
                )
        self._after_step(attempt, change, step)
        if request is not None and saga_states[1] == "idle":
            attempt.commits[request].append(self.commits)
        idempotency_records = sum(each.key[2] == "#MARKER" for each in changes)
        if idempotency_records != (
            isinstance(step, BeginSettlement) and getattr(step.command, "key", None) is not None
        ):
            raise Violation(f"{attempt.name}: {step} writes {idempotency_records} idempotency records")
        return step

    def _step_of(self, attempt: Attempt, change: Change, request: Any, skus: frozenset[str]) -> Step:
        """Return the step between two saga states, if this attempt may take it."""
        order_id, saga_states = change.key[1], _saga_states(change)
        assert saga_states is not None
        kind, is_sweeper = STEP_TYPES[saga_states], not attempt.requests
        order = self.shop.orders.get(order_id)
        may_begin = isinstance(request, Settle) and SAGA_STATES[request.kind] in saga_states
        may_settle = may_begin and order is not None and order.is_joined_by(request)
        may_continue = order_id in attempt.may_finish or (
            is_sweeper and self._lease_expired_at.get(order_id, -1) >= attempt.since
        )
        may_release = may_continue or self._is_releasing(order_id, request)
        is_acknowledged = order is not None and order.is_acknowledged
        if kind is PlaceLines and isinstance(request, Place):
            return PlaceLines(request, skus) if skus else Acknowledge(order_id)
        if kind is PlaceLines and is_sweeper and is_acknowledged:
            assert order is not None
            assert isinstance(order.saga_command, Place)
            return PlaceLines(order.saga_command, skus)
        if kind is BeginRelease and is_acknowledged and (is_sweeper or isinstance(request, Place)):
            if not (change.after or {}).get("short_lines"):
                raise Violation(f"{attempt.name}: {order_id} is refused, although no line of it is short")
            return BeginRelease(order_id)
        if kind is BeginRelease and is_sweeper and self._is_lease_expired(order_id):
            return BeginRelease(order_id)
        if kind is BeginRelease and isinstance(request, Place) and attempt.possible[request] & NOT_RESERVABLE:
            return BeginRelease(order_id)
        if kind is ReleaseLines and may_release:
            return ReleaseLines(order_id, skus)
        if kind is Remove and may_release:
            return Remove(order_id) if change.after is None else Refuse(order_id)
        if kind is BeginSettlement and may_begin:
            return BeginSettlement(request)
        if kind is BeginSettlement and is_sweeper and saga_states[1] == "cancelling":
            return BeginSettlement(Expire(order_id))
        if kind is SettleLines and (may_settle or may_continue):
            return SettleLines(order_id, skus)
        raise Violation(f"{attempt.name}: must not change {order_id} {saga_states}; {attempt.requests}")

    def _after_step(self, attempt: Attempt, change: Change, step: Step) -> None:
        order_id, after = change.key[1], change.after
        self.steps["saga steps"] += 1
        self.steps[f"step {type(step).__name__}"] += 1
        # An order without parts becomes a saga only because its transactions kept conflicting.
        self.steps["saga steps of single-item orders"] += "parts" not in (after or change.before or {})
        attempt.steps[order_id].append(self.commits)
        match step:
            case BeginRelease() | BeginSettlement(Expire()):
                attempt.may_finish[order_id] = self.commits
            case Remove() | Refuse():
                self._removed[order_id] = self.commits
        if isinstance(step, PlaceLines) and (change.before is None or "ttl" in change.before):
            self._begun_by[order_id] = attempt.name
        if isinstance(step, BeginSettlement):
            self._begun_by[order_id] = attempt.name
        if isinstance(step, BeginSettlement | Acknowledge) and attempt.requests:
            attempt.begun.add(order_id)
        if after is None or "errand" not in after:
            self._leases.pop(order_id, None)
            return
        lease, expected = seconds_of(after["errand"]["lease_until"]), self.shop.now
        if not isinstance(step, Acknowledge):  # any process may take the next step of what was acknowledged
            expected += LEASE_SECONDS
        if not expected - HOLD_TOLERANCE_SECONDS <= lease <= expected + self.shop.skew_seconds:
            raise Violation(f"{attempt.name}: {order_id} has a lease until {lease}, not {expected}")
        self._leases[order_id] = lease

    def _is_lease_expired(self, order_id: str) -> bool:
        return self.shop.now + self.shop.skew_seconds >= self._leases.get(order_id, float("inf"))

    def _is_releasing(self, order_id: str, request: Any) -> bool:
        """Return whether an order is releasing what had been placed of the lines of a request."""
        order = self.shop.orders.get(order_id)
        if order is None or order.saga_state != "releasing" or not isinstance(order.saga_command, Place):
            return False
        return isinstance(request, Place) and summed(order.saga_command.lines) == summed(request.lines)

    def has_saga(self, order_id: str) -> bool:
        """Return whether a saga of the order is in progress."""
        order = self.shop.orders.get(order_id)
        return order is not None and order.saga_state != "idle"

    def _product_flag(self, change: Change) -> Iterator[str]:
        before, after = change.before, change.after
        assert before is not None
        assert after is not None
        attributes = ("product_is_active", "product_version")
        if [before[name] for name in attributes] == [after[name] for name in attributes]:
            return
        flag: bool = after["product_is_active"]
        version: int = after["product_version"]
        if version <= before["product_version"]:
            raise Violation(
                f"{change.key[2]} has its flag set by product version {version} after a later one"
            )
        if self._products[change.key[1]].get(version) is not flag:
            raise Violation(
                f"{change.key[2]} has its flag set to {flag}, wrongly for product version {version}"
            )
        self.shop.skus[change.key[2]].product_active = flag
        yield f"{change.key[2]} has the flag of product version {version}"

    def _compare(self, attempt: Attempt, changes: list[Change]) -> None:
        """Compare the changed items with the model; the others were compared before."""
        for change in changes:
            if is_sku(change):
                actual, expected = sku_view(change.after), model_sku_view(self.shop.skus[change.key[2]])
                name, saga_state = change.key[2], "idle"
            elif is_order(change):
                name = change.key[1]
                order = self.shop.orders.get(name)
                actual, expected = self._order_view(change), order and order.view()
                pending = self._pending(change)
                if pending != (order.pending if order and order.pending else {}):
                    raise Violation(f"{attempt.name}: {name} has still to settle {pending}")
                saga_state = order.saga_state if order else "idle"
                if change.after is not None and change.after.get("phase", "idle") != saga_state:
                    raise Violation(
                        f"{attempt.name}: {name} is {change.after.get('phase')}, in the model {saga_state}"
                    )
            else:
                continue
            if actual != expected:
                raise Violation(f"{attempt.name}: {name} is {actual}, in the model {expected}")
            self._views[name].append((self.commits, actual, saga_state))
            if is_order(change) and change.after is not None and "expires_at" in change.after:
                self._adopt_due_time(name, change.after["expires_at"])

    def _order_view(self, change: Change) -> Hashable:
        if change.after is None:
            return None
        return order_view(self._whole(change.key[1], change.after))

    def _pending(self, change: Change) -> dict[str, int]:
        """Return the units of an order that its saga has still to settle, as they are stored."""
        if change.after is None:
            return {}
        lines = self._whole(change.key[1], change.after)["lines"]
        return {sku: line["pending"] for sku, line in lines.items() if "pending" in line}

    def _whole(self, order_id: str, item: Any) -> Any:
        """Return an order's own item with the lines of its parts."""
        lines = dict(item["lines"])
        for number in range(1, item.get("parts", 0) + 1):
            part = self._tables.item(("VendorInventory", order_id, f"#PART-{number:03}"))
            lines |= part["lines"] if part else {}
        return {**item, "lines": lines}

    def _adopt_due_time(self, order_id: str, expires_at: str) -> None:
        """Copy the end of a hold into the model: it is as exact as the clock of the process that set it."""
        order, seconds = self.shop.orders[order_id], seconds_of(expires_at)
        if abs(order.expires_at - seconds) > HOLD_TOLERANCE_SECONDS:
            raise Violation(f"{order_id} is held until {expires_at}, in the model {order.expires_at}")
        order.expires_at = seconds

    def _add_possible_codes(self, attempts: list[Attempt]) -> None:
        for attempt in attempts:
            for request in attempt.requests:
                if not isinstance(request, GetOrder | GetSku):
                    attempt.possible[request] |= self.shop.possible_codes(request)

    # At rest

    def differences(self) -> Iterator[str]:
        """Yield where the last known items of the tables differ from the model."""
        orders, skus = set(), set()
        for key, item in self._tables.items():
            if key[2] == "#ORDER":
                orders.add(key[1])
                actual, expected = order_view(self._whole(key[1], item)), self.shop.orders[key[1]]
                if actual != expected.view() or item.get("phase", "idle") != expected.saga_state:
                    yield f"{key[1]} is {actual}, not {expected.view()}"
            elif key[2].startswith("SKU-"):
                skus.add(key[2])
                if sku_view(item) != model_sku_view(self.shop.skus[key[2]]):
                    yield f"{key[2]} is {sku_view(item)}, not {self.shop.skus[key[2]]}"
        for name in (self.shop.orders.keys() - orders) | (self.shop.skus.keys() - skus):
            yield f"{name} is not in the tables"


def model_sku_view(sku: Sku) -> Hashable:
    return sku.current, sku.reserved, sku.active, sku.product_active


def _figures(view: Any) -> Hashable:
    """Return the current and the reserved stock of the view of a SKU."""
    figures: Hashable = view and view[:2]
    return figures


def _saga_states(change: Change) -> tuple[str | None, str | None] | None:
    """Return the saga states before and after a step; None if the commit was not a step of a saga."""
    before, after = (
        None if item is None or "ttl" in item else item.get("phase", "idle")
        for item in (change.before, change.after)
    )
    if {before, after} <= {None, "idle"} and change.after is not None:
        return None
    return before, after


def _states_in_progress(request: Any) -> tuple[str, ...]:
    """Return the saga states in which a command is not executed yet, and no response may say "replayed"."""
    match request:
        case Place():
            return "placing", "releasing"
        case Settle(kind, _, None):
            return (SAGA_STATES[kind],)
    return ()


def _keys(changes: list[Change]) -> str:
    return ", ".join("/".join(change.key[1:]) for change in changes)


def _subject(request: Any) -> str:
    return str(getattr(request, "order_id", None) or request.sku)


def _entry(record: Any) -> tuple[Any, ...]:
    attributes = ("sku", "transaction_type", "quantity", "quantity_change", "stock_after", "reserved_after")
    return (*(record[name] for name in attributes), record.get("order_id"))
