"""The settings of the services' own behaviour: retries, leases, batch sizes.  None is a promise to clients."""

from typing import Final

__all__ = [
    "ARCHIVE_LAG_MAX_SECONDS",
    "BOUND_PLAN_SECONDS",
    "CONFLICTS_BEFORE_LEASE",
    "CONFLICTS_BEFORE_SAGA",
    "CONFLICTS_BEFORE_SPLIT",
    "PRIORITY_LEASE_SECONDS",
    "READ_ROUNDS_MAX",
    "SAGA_LEASE_SECONDS",
    "SENT_ALERT_TTL_SECONDS",
    "SWEEP_SECONDS_MAX",
    "WRITE_ATTEMPTS_MAX",
    "WRITE_DEADLINE_SECONDS",
]

# Write conflicts
WRITE_ATTEMPTS_MAX: Final = 40
"""Attempts of one write that keeps conflicting with others, before the response is 503."""
WRITE_DEADLINE_SECONDS: Final = 10.0
"""How long one write is retried, before the response is 503; API Gateway itself gives up after 29 s.  A new
product's
id is drawn again as often: at ten million products one draw in three is taken."""
CONFLICTS_BEFORE_SPLIT: Final = 2
"""Conflicts of a transaction batch with other transactions, after which it is split in two."""
CONFLICTS_BEFORE_SAGA: Final = 2
"""Conflicts of an order of several lines, after which it continues as a saga."""
CONFLICTS_BEFORE_LEASE: Final = 6
"""Conflicts of a write over one SKU, after which it asks for a priority lease of it."""
PRIORITY_LEASE_SECONDS: Final = 1
"""How long other writers leave a SKU to the holder of its priority lease; the holder's write ends the lease.
"""
READ_ROUNDS_MAX: Final = 10
"""Calls for one read of several items, some of which DynamoDB may throttle and leave for the next call."""

# Sagas and holds
SAGA_LEASE_SECONDS: Final = 60
"""How long a saga may go without a step before the sweeper continues it."""
SWEEP_SECONDS_MAX: Final = 45.0
"""How long one run of the sweeper begins work on due orders; the next run begins a minute after this one
began."""

# Streams, archive and low stock
SENT_ALERT_TTL_SECONDS: Final = 172_800
"""How long an alert is remembered as sent; a stream keeps a change for 24 hours."""
ARCHIVE_LAG_MAX_SECONDS: Final = 300
"""How long after it was written a log record may be missing in the archive."""
BOUND_PLAN_SECONDS: Final = 120
"""How long a plan to lower a low-stock bound stands at least; a request that read the bound before it ends
sooner."""
