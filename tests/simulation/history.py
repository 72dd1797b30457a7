"""What was asked, committed and answered, in one order, and whether the model could have been its witness.

As one call runs at a time, the order of commits is known: the model does each command at the moment of
its commit and has to come to the same records, SKUs and orders.  An answer has to be one that the model could
have given at some moment between the request and the answer; for an answer that says "done", at its commit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.invariants import CommitChecks, is_order, is_record, is_sku, low_stock_falls
from tests.simulation.model import (
    PHASES,
    Command,
    Entry,
    Expire,
    Place,
    Refused,
    Settle,
    Shop,
    Sku,
    Switch,
    summed,
)
from tests.simulation.model_steps import (
    KINDS,
    Begin,
    PlaceSome,
    ReleaseSome,
    Remove,
    SettleSome,
    Some,
    Step,
    Turn,
    take,
)
from tests.simulation.translation import Answer, LookAtOrder, LookAtSku, Request, order_view, sku_view
from tests.simulation.virtual_clock import LARGEST_SKEW_SECONDS, seconds_of
from tests.simulation.watched_tables import Change, WatchedTables

TRIES_FOR_NOTHING_MAX = 3
LATEST_SECONDS = 3_700.0
"""The end of a hold is reckoned before the commit; by an hour at most, if the calendar jumps in between."""
LEASE_SECONDS = 60.0
NOT_TO_BE_HAD = frozenset({"insufficient_stock", "product_inactive", "sku_inactive", "sku_not_found"})
CLIENT, SWEEPER, SAGA = "client:simulated", "system:expiry", "system:saga"
UNMODELLED = ("#ALERT", "#LOW-STOCK-BOUND")


class Violation(AssertionError):
    """Something happened that must not."""


@dataclass(eq=False)
class Attempt:
    """One process at work on requests; the shop's own chores (`requests` empty) have attempts too.

    Attributes
    ----------
    possible
        By request, what the model would have answered since the attempt began.
    commits
        By request, the numbers of those of its commits after which it was done.
    steps
        By order, the numbers of the commits that were one step of several.
    takes_over
        Orders that it may bring to the end without being asked: it turned them, or began to expire them.
    tries, excuses
        How many transactions it sent, and what may have made one fail: faults, and commits of others.
    """

    name: str
    requests: tuple[Request, ...] = ()
    since: int = 0
    possible: dict[Request, set[str]] = field(default_factory=lambda: defaultdict(set))
    commits: dict[Request, list[int]] = field(default_factory=lambda: defaultdict(list))
    steps: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    takes_over: dict[str, int] = field(default_factory=dict)
    tries: int = 0
    excuses: int = 0


class History:
    """Follows one simulation.

    Attributes
    ----------
    shop
        The model, always as of the last commit.
    falls
        The alerts that are due.
    commits
        How many there were.
    steps
        How many of them were one step of several, in words that a report shows.
    """

    def __init__(self, tables: WatchedTables) -> None:
        self.shop = Shop(skew_seconds=LARGEST_SKEW_SECONDS)
        self.falls: set[str] = set()
        self.commits = 0
        self.steps: Counter[str] = Counter()
        self._leases: dict[str, float] = {}
        self._lease_over: dict[str, int] = {}
        self._removed: dict[str, int] = {}
        self._begun_by: dict[str, str] = {}
        self._tables = tables
        self._checks = CommitChecks()
        self._open: list[Attempt] = []
        self._views: defaultdict[str, list[tuple[int, Hashable, str]]] = defaultdict(list)
        self._products: dict[str, dict[int, bool]] = defaultdict(dict)

    # Requests and answers

    def begin(self, attempt: Attempt) -> None:
        attempt.since = self.commits
        self._open.append(attempt)
        self._widen([attempt])

    def end(self, attempt: Attempt) -> None:
        self._widen([attempt])
        self._open.remove(attempt)

    def answered(self, attempt: Attempt, request: Request, answer: Answer) -> None:
        """Check an answer; raise `Violation` if the model could not have given it."""
        commits = attempt.commits[request]
        match answer.code:
            case "unknown" | "database_unavailable":
                return
            case "busy" if isinstance(request, Switch):
                # An update has no token: sent again by botocore, it can lose to itself.
                return
            case "seen":
                assert isinstance(request, LookAtOrder | LookAtSku)
                name = request.order_id if isinstance(request, LookAtOrder) else request.sku
                self._require_view(attempt, request, name, answer)
                return
            case "done" if isinstance(request, Switch):
                if not attempt.possible[request] & {"done", "repeated"}:
                    raise Violation(f"{attempt.name}: {request} is answered done, and was not")
                self._require_view(attempt, request, _subject(request), answer)
                return
            case "done":
                if len(commits) != 1:
                    raise Violation(
                        f"{attempt.name}: {request} is answered done, and was committed {len(commits)} times"
                    )
                self._require_view(attempt, request, _subject(request), answer, at=commits[0])
                return
        if commits:
            raise Violation(f"{attempt.name}: {request} is answered {answer.code}, and was committed")
        if answer.code == "busy":
            return
        turned = attempt.takes_over.get(_subject(request)) if isinstance(request, Place) else None
        if turned is not None and self._removed.get(_subject(request), 0) < turned:
            raise Violation(f"{attempt.name}: {request} is answered {answer.code}, and not all is released")
        if answer.code == "order_not_found" and isinstance(request, LookAtOrder):
            # Time alone takes a tombstone away.
            if self.shop.order(request.order_id) is not None:
                self._require_view(attempt, request, request.order_id, answer)
        elif answer.code not in attempt.possible[request]:
            raise Violation(
                f"{attempt.name}: {request} is answered {answer.code}; possible since it was asked: "
                f"{sorted(attempt.possible[request])}"
            )
        elif answer.code == "repeated":
            self._require_view(attempt, request, _subject(request), answer)

    def _require_view(
        self, attempt: Attempt, request: Request, name: str, answer: Answer, at: int | None = None
    ) -> None:
        first = attempt.since if at is None else at
        last = self.commits if at is None else at
        views = self._views[name]
        seen = [each for each in views if each[0] <= first][-1:] or [(0, None, "idle")]
        seen += [each for each in views if first < each[0] <= last]
        standing = [view for _, view, phase in seen if at is not None or phase not in _under_way(request)]
        subject = answer.subject
        if at is not None and not isinstance(request, Place | Settle):
            # What was set beside the stock while it was written may be missing in the answer.
            subject, standing = _figures(subject), [_figures(view) for view in standing]
        if subject not in standing:
            raise Violation(f"{attempt.name}: {request} is answered with {answer.subject}; was {standing}")

    # Commits

    def tried(self, attempt: Attempt, operation: str) -> None:
        """Count a try.

        A try that failed shows what stands; with that the next one fails for a new reason only.

        Raises
        ------
        Violation
            If an attempt tries again and again and nobody else does anything.
        """
        if operation == "transact_write_items":
            attempt.tries += 1
        if attempt.tries > attempt.excuses + TRIES_FOR_NOTHING_MAX * max(1, len(attempt.requests)):
            raise Violation(f"{attempt.name}: {attempt.requests} tries {attempt.tries} times, for nothing")

    def committed(self, attempt: Attempt, changes: list[Change]) -> str:
        """Check a commit and let the model follow; return what it was.

        Raises
        ------
        Violation
            If an invariant does not hold any more, or the model would not have done it so.
        """
        self.commits += 1
        for rival in self._open:
            rival.excuses += 1
        wrong = list(self._checks.violations(changes))
        if wrong:
            raise Violation(f"{attempt.name}: " + "; ".join(wrong))
        self.falls.update(low_stock_falls(changes))
        done = list(self._follow(attempt, changes))
        self._compare(attempt, changes)
        self._widen(self._open)
        return ", ".join(map(str, done)) or "by the way"

    def _follow(self, attempt: Attempt, changes: list[Change]) -> Iterator[Any]:
        for change in changes:
            if change.place[0] == "Products-table":
                product = change.after
                assert product is not None
                self._products[product["product_id"]][product["version"]] = product["is_active"] == "true"
            elif is_sku(change) and change.before is None:
                assert change.after is not None
                self.shop.skus[change.place[2]] = Sku()
            elif is_sku(change):
                yield from self._told_of_product(change)
        expected: list[Entry] = []
        stepped = [change for change in changes if is_order(change) and _phases(change) is not None]
        if stepped:
            yield self._step(attempt, changes, stepped[0], expected)
        for command in () if stepped else self._commands(attempt, changes):
            try:
                if self.shop.repeats(command):
                    raise Violation(f"{attempt.name}: {command} was done a second time")
                expected += self.shop.do(command)
            except Refused as refused:
                raise Violation(
                    f"{attempt.name}: {command} was done, and is refused: {refused.code}"
                ) from refused
            attempt.commits[command].append(self.commits)
            yield command
        logged = [_entry(change.after) for change in changes if is_record(change) and change.after]
        if sorted(logged, key=repr) != sorted(map(tuple, expected), key=repr):
            raise Violation(f"{attempt.name}: the log gains {logged}, not {expected}")

    def _commands(self, attempt: Attempt, changes: list[Change]) -> Iterator[Command]:
        """Find out which of the attempt's requests a commit has done."""
        orders = [change.place[1] for change in changes if is_order(change)]
        if not attempt.requests:
            # In the sequence in which the transaction has them.
            yield from map(Expire, orders)
            return
        modelled = [
            change
            for change in changes
            if change.place[0] != "Products-table" and change.place[2] not in UNMODELLED
        ]
        for request in attempt.requests:
            order_id = getattr(request, "order_id", None)
            if modelled and (order_id is None or order_id in orders):
                assert not isinstance(request, LookAtOrder | LookAtSku), f"a question wrote {changes}"
                yield request
        idempotency_records = sum(change.place[2] == "#MARKER" for change in changes)
        keys = sum(getattr(request, "key", None) is not None for request in attempt.requests)
        if modelled and idempotency_records != keys:
            raise Violation(f"{attempt.name}: {attempt.requests} wrote {idempotency_records} markers")

    def _step(self, attempt: Attempt, changes: list[Change], change: Change, expected: list[Entry]) -> Step:
        """Find out which step a commit is, and let the model take it; `expected` gets what the log gains.

        Raises
        ------
        Violation
            If there is no such step, this attempt may not take it, or the model does not.
        """
        order_id, phases = change.place[1], _phases(change)
        if sum(map(is_order, changes)) > 1 or phases not in KINDS:
            raise Violation(f"{attempt.name}: {order_id} goes from {phases} with {_places(changes)}")
        request = next((each for each in attempt.requests if _subject(each) == order_id), None)
        if self._is_lease_over(order_id):
            self._lease_over[order_id] = self.commits
        records = [each.after for each in changes if is_record(each) and each.after]
        step = self._which(attempt, change, request, Some(record["sku"] for record in records))
        errand = self.shop.orders[order_id].errand if order_id in self.shop.orders else None
        try:
            expected += take(self.shop, step)
        except Refused as refused:
            raise Violation(f"{attempt.name}: {step} was taken, and may not be: {refused.code}") from refused
        match step:
            case SettleSome():
                who = SWEEPER if isinstance(errand, Expire) else CLIENT, self._begun_by[order_id]
            case ReleaseSome():
                who = SAGA, attempt.name
            case _:
                who = CLIENT, attempt.name
        for record in records:
            if (record["performed_by"], record["request_id"]) != who:
                raise Violation(
                    f"{attempt.name}: {step} is logged as {record['performed_by']}'s, not {who}'s"
                )
        self._after_step(attempt, change, step)
        if request is not None and phases[1] == "idle":
            attempt.commits[request].append(self.commits)
        idempotency_records = sum(each.place[2] == "#MARKER" for each in changes)
        if idempotency_records != (
            isinstance(step, Begin) and getattr(step.command, "key", None) is not None
        ):
            raise Violation(f"{attempt.name}: {step} writes {idempotency_records} markers")
        return step

    def _which(self, attempt: Attempt, change: Change, request: Any, some: frozenset[str]) -> Step:
        """Tell a step by the phases that it leads from and to, if this attempt may take it."""
        order_id, phases = change.place[1], _phases(change)
        assert phases is not None
        kind, is_sweeper = KINDS[phases], not attempt.requests
        is_whole = isinstance(request, Settle) and request.lines is None
        may_settle = is_whole and PHASES[request.kind] in phases
        may_go_on = order_id in attempt.takes_over or (
            is_sweeper and self._lease_over.get(order_id, -1) >= attempt.since
        )
        may_give_back = may_go_on or self._is_given_up(order_id, request)
        if kind is PlaceSome and isinstance(request, Place):
            return PlaceSome(request, some)
        if kind is Turn and is_sweeper and self._is_lease_over(order_id):
            return Turn(order_id)
        if kind is Turn and isinstance(request, Place) and attempt.possible[request] & NOT_TO_BE_HAD:
            return Turn(order_id)
        if kind is ReleaseSome and may_give_back:
            return ReleaseSome(order_id, some)
        if kind is Remove and may_give_back:
            return Remove(order_id)
        if kind is Begin and may_settle:
            return Begin(request)
        if kind is Begin and is_sweeper and phases[1] == "cancelling":
            return Begin(Expire(order_id))
        if kind is SettleSome and (may_settle or may_go_on):
            return SettleSome(order_id, some)
        raise Violation(f"{attempt.name}: may not take {order_id} from {phases}; {attempt.requests}")

    def _after_step(self, attempt: Attempt, change: Change, step: Step) -> None:
        order_id, after = change.place[1], change.after
        self.steps["steps of orders"] += 1
        self.steps[f"step {type(step).__name__}"] += 1
        # An order without parts goes in steps because it has lost to others, over and over.
        self.steps["steps of divided orders"] += "parts" not in (after or change.before or {})
        attempt.steps[order_id].append(self.commits)
        match step:
            case Turn() | Begin(Expire()):
                attempt.takes_over[order_id] = self.commits
            case Remove():
                self._removed[order_id] = self.commits
        if isinstance(step, Begin):
            self._begun_by[order_id] = attempt.name
        if after is None or "errand" not in after:
            self._leases.pop(order_id, None)
            return
        lease, expected = seconds_of(after["errand"]["lease_until"]), self.shop.now + LEASE_SECONDS
        if not expected - LATEST_SECONDS <= lease <= expected + self.shop.skew_seconds:
            raise Violation(f"{attempt.name}: {order_id} has a lease until {lease}, not {expected}")
        self._leases[order_id] = lease

    def _is_lease_over(self, order_id: str) -> bool:
        return self.shop.now + self.shop.skew_seconds >= self._leases.get(order_id, float("inf"))

    def _is_given_up(self, order_id: str, request: Any) -> bool:
        """Tell whether an order is giving back what had been placed of the lines of a request."""
        order = self.shop.orders.get(order_id)
        if order is None or order.phase != "releasing" or not isinstance(order.errand, Place):
            return False
        return isinstance(request, Place) and summed(order.errand.lines) == summed(request.lines)

    def is_in_the_middle(self, order_id: str) -> bool:
        """Tell whether a command on an order has begun and is not at its end."""
        order = self.shop.orders.get(order_id)
        return order is not None and order.phase != "idle"

    def _told_of_product(self, change: Change) -> Iterator[str]:
        before, after = change.before, change.after
        assert before is not None
        assert after is not None
        names = ("product_is_active", "product_version")
        if [before[name] for name in names] == [after[name] for name in names]:
            return
        told, version = (after[name] for name in names)
        if version <= before["product_version"]:
            raise Violation(f"{change.place[2]} is told of product version {version} after a later one")
        if self._products[change.place[1]].get(version) is not told:
            raise Violation(f"{change.place[2]} is told that its product is active: {told}, in {version}")
        self.shop.skus[change.place[2]].product_active = told
        yield f"{change.place[2]} knows version {version} of its product"

    def _compare(self, attempt: Attempt, changes: list[Change]) -> None:
        """Compare what changed with the model; what did not change was compared before."""
        for change in changes:
            if is_sku(change):
                stands, expected = sku_view(change.after), model_sku_view(self.shop.skus[change.place[2]])
                name, phase = change.place[2], "idle"
            elif is_order(change):
                name = change.place[1]
                order = self.shop.orders.get(name)
                stands, expected = self._order_view(change), order and order.view()
                phase = order.phase if order else "idle"
                if change.after is not None and change.after.get("phase", "idle") != phase:
                    raise Violation(
                        f"{attempt.name}: {name} is {change.after['phase']}, by the model {phase}"
                    )
            else:
                continue
            if stands != expected:
                raise Violation(f"{attempt.name}: {name} is {stands}, and by the model {expected}")
            self._views[name].append((self.commits, stands, phase))
            if is_order(change) and change.after is not None and "expires_at" in change.after:
                self._agree_on_due_time(name, change.after["expires_at"])

    def _order_view(self, change: Change) -> Hashable:
        if change.after is None:
            return None
        return order_view(self._whole(change.place[1], change.after))

    def _whole(self, order_id: str, item: Any) -> Any:
        """Return an order's own item with the lines of its parts in it."""
        lines = dict(item["lines"])
        for number in range(1, item.get("parts", 0) + 1):
            part = self._tables.item(("VendorInventory", order_id, f"#PART-{number:03}"))
            lines |= part["lines"] if part else {}
        return {**item, "lines": lines}

    def _agree_on_due_time(self, order_id: str, expires_at: str) -> None:
        """Take over the end of a hold: it is as exact as the clock of the machine that said it."""
        order, seconds = self.shop.orders[order_id], seconds_of(expires_at)
        if abs(order.expires_at - seconds) > LATEST_SECONDS:
            raise Violation(f"{order_id} is held until {expires_at}, by the model {order.expires_at}")
        order.expires_at = seconds

    def _widen(self, attempts: list[Attempt]) -> None:
        for attempt in attempts:
            for request in attempt.requests:
                if not isinstance(request, LookAtOrder | LookAtSku):
                    attempt.possible[request] |= self.shop.answers(request)

    # When all is quiet

    def differences(self) -> Iterator[str]:
        """Yield where the tables as seen last are not what the model has."""
        orders, skus = set(), set()
        for place, item in self._tables.items():
            if place[2] == "#ORDER":
                orders.add(place[1])
                stands, expected = order_view(self._whole(place[1], item)), self.shop.orders[place[1]]
                if stands != expected.view() or item.get("phase", "idle") != expected.phase:
                    yield f"{place[1]} is {stands}, not {expected.view()}"
            elif place[2].startswith("SKU-"):
                skus.add(place[2])
                if sku_view(item) != model_sku_view(self.shop.skus[place[2]]):
                    yield f"{place[2]} is {sku_view(item)}, not {self.shop.skus[place[2]]}"
        for name in (self.shop.orders.keys() - orders) | (self.shop.skus.keys() - skus):
            yield f"{name} is not in the tables"


def model_sku_view(sku: Sku) -> Hashable:
    return sku.current, sku.reserved, sku.active, sku.product_active


def _figures(view: Any) -> Hashable:
    """Return the current and the reserved stock out of the view of a SKU."""
    return view and view[:2]


def _phases(change: Change) -> tuple[str | None, str | None] | None:
    """Return the phases before and after a step; None if the order was changed at once."""
    before, after = (
        None if item is None or "ttl" in item else item.get("phase", "idle")
        for item in (change.before, change.after)
    )
    if {before, after} <= {None, "idle"} and change.after is not None:
        return None
    return before, after


def _under_way(request: Any) -> tuple[str, ...]:
    """Return the phases in which a command is not yet done, and must not be answered as repeated."""
    match request:
        case Place():
            return "placing", "releasing"
        case Settle(kind, _, None):
            return (PHASES[kind],)
    return ()


def _places(changes: list[Change]) -> str:
    return ", ".join("/".join(change.place[1:]) for change in changes)


def _subject(request: Any) -> str:
    return str(getattr(request, "order_id", None) or request.sku)


def _entry(record: Any) -> tuple[Any, ...]:
    names = ("sku", "transaction_type", "quantity", "quantity_change", "stock_after", "reserved_after")
    return (*(record[name] for name in names), record.get("order_id"))
