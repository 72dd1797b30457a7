"""What was asked, committed and answered, in one order, and whether the model could have been its witness.

As one call runs at a time, the order of commits is known: the model does each command at the moment of
its commit and has to come to the same records, SKUs and orders.  An answer has to be one that the model could
have given at some moment between the request and the answer; for an answer that says "done", at its commit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.invariants import CommitChecks, is_order, is_record, is_sku, low_stock_falls
from tests.simulation.model import Command, Expire, Place, Refused, Settle, Shop, Sku, Switch
from tests.simulation.translation import Answer, LookAtOrder, LookAtSku, Request, order_view, sku_view
from tests.simulation.virtual_clock import LARGEST_SKEW_SECONDS, seconds_of
from tests.simulation.watched_tables import Change, WatchedTables

TRIES_FOR_NOTHING_MAX = 3
LATEST_SECONDS = 3_700.0
"""The end of a hold is reckoned before the commit; by an hour at most, if the calendar jumps in between."""
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
        By request, the numbers of its commits.
    tries, excuses
        How many transactions it sent, and what may have made one fail: faults, and commits of others.
    """

    name: str
    requests: tuple[Request, ...] = ()
    since: int = 0
    possible: dict[Request, set[str]] = field(default_factory=lambda: defaultdict(set))
    commits: dict[Request, list[int]] = field(default_factory=lambda: defaultdict(list))
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
    """

    def __init__(self, tables: WatchedTables) -> None:
        self.shop = Shop(skew_seconds=LARGEST_SKEW_SECONDS)
        self.falls: set[str] = set()
        self.commits = 0
        self._tables = tables
        self._checks = CommitChecks()
        self._open: list[Attempt] = []
        self._views: defaultdict[str, list[tuple[int, Hashable]]] = defaultdict(list)
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
        if answer.code == "order_not_found" and isinstance(request, LookAtOrder):
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
        standing = [view for number, view in views if number <= first][-1:] or [None]
        standing += [view for number, view in views if first < number <= last]
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
        expected = []
        for command in self._commands(attempt, changes):
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
        markers = sum(change.place[2] == "#MARKER" for change in changes)
        keys = sum(getattr(request, "key", None) is not None for request in attempt.requests)
        if modelled and markers != keys:
            raise Violation(f"{attempt.name}: {attempt.requests} wrote {markers} markers")

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
                name = change.place[2]
            elif is_order(change):
                stands, name = order_view(change.after), change.place[1]
                order = self.shop.orders.get(name)
                expected = order and order.view()
            else:
                continue
            if stands != expected:
                raise Violation(f"{attempt.name}: {name} is {stands}, and by the model {expected}")
            self._views[name].append((self.commits, stands))
            if is_order(change) and change.after is not None and "expires_at" in change.after:
                self._agree_on_due_time(name, change.after["expires_at"])

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
                if order_view(item) != self.shop.orders[place[1]].view():
                    yield f"{place[1]} is {order_view(item)}, not {self.shop.orders[place[1]].view()}"
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


def _subject(request: Any) -> str:
    return str(getattr(request, "order_id", None) or request.sku)


def _entry(record: Any) -> tuple[Any, ...]:
    names = ("sku", "transaction_type", "quantity", "quantity_change", "stock_after", "reserved_after")
    return (*(record[name] for name in names), record.get("order_id"))
