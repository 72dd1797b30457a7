"""The budgets of principals: how much an order system, or a vendor, may ask of one process of a service.

A budget is a token bucket in the memory of the process, so it costs no call and needs no table; it bounds a
Lambda function as a whole by its number of instances (docs/decisions/0054-budgets.md).  A request is admitted
while the bucket holds at least one token, and then takes its whole weight, so that no batch is too heavy for
a bucket: what it takes beyond the bucket is repaid before the next one is admitted.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final

from .errors import TooManyRequests
from .identity import Principal, Role
from .tuning import BUDGETED_PRINCIPALS_MAX
from .values import value

__all__ = ["BUDGETED_ROLES", "Budget", "Budgets"]

BUDGETED_ROLES: Final = frozenset({Role.ORDERS, Role.VENDOR})
"""The roles with budgets.  A principal that has another role too, who repairs and operates, has none."""

_ROUNDING: Final = 1e-6
"""What sums of fractions may lack of a whole token."""


@value
class Budget:
    """The tokens that a bucket gains each second, and the most that it holds."""

    rate: float
    burst: float


class _Bucket:
    """The tokens of one principal at a moment; below zero, they are owed."""

    __slots__ = ("seconds", "tokens")

    def __init__(self, tokens: float, seconds: float) -> None:
        self.tokens = tokens
        self.seconds = seconds

    def fill(self, budget: Budget, seconds: float) -> None:
        self.tokens = min(budget.burst, self.tokens + (seconds - self.seconds) * budget.rate)
        self.seconds = seconds


class Budgets:
    """The budgets of all principals of a process.

    Parameters
    ----------
    client
        The budget of each order system; None for none.
    vendor
        The budget of each vendor, whose people and machines share it; None for none.
    monotonic
        Returns the seconds of a clock that never goes back.
    """

    def __init__(
        self,
        client: Budget | None = None,
        vendor: Budget | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._vendor = vendor
        self._monotonic = monotonic
        # The least recently used first.
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = Lock()

    def admit(self, principal: Principal) -> None:
        """Take one token of a principal's budget.

        Raises
        ------
        TooManyRequests
            If it holds less than one, with the seconds until it does.
        """
        found = self._budget_of(principal)
        if found is None:
            return
        name, budget = found
        with self._lock:
            bucket = self._bucket(name, budget)
            if bucket.tokens < 1 - _ROUNDING:
                seconds = math.ceil((1 - _ROUNDING - bucket.tokens) / budget.rate)
                raise TooManyRequests(
                    f"The budget of {name} is used up: {budget.rate:g} a second, {budget.burst:g} at once.",
                    max(1, seconds),
                )
            bucket.tokens -= 1

    def charge(self, principal: Principal, tokens: int) -> None:
        """Take further tokens for a request that was admitted, also those that the budget does not hold."""
        found = self._budget_of(principal)
        if found is None or tokens <= 0:
            return
        with self._lock:
            self._bucket(*found).tokens -= tokens

    def _budget_of(self, principal: Principal) -> tuple[str, Budget] | None:
        if not principal.roles or principal.roles - BUDGETED_ROLES:
            return None
        is_client = Role.ORDERS in principal.roles
        budget = self._client if is_client else self._vendor
        name = principal.name if is_client else principal.vendor_id
        return None if budget is None or name is None else (name, budget)

    def _bucket(self, name: str, budget: Budget) -> _Bucket:
        seconds = self._monotonic()
        bucket = self._buckets.get(name)
        if bucket is None:
            if len(self._buckets) >= BUDGETED_PRINCIPALS_MAX:
                self._buckets.popitem(last=False)
            bucket = self._buckets[name] = _Bucket(budget.burst, seconds)
        else:
            self._buckets.move_to_end(name)
            bucket.fill(budget, seconds)
        return bucket
