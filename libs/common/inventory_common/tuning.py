"""The settings of the services' own behaviour, such as retries and leases.  None is a promise to clients."""

from typing import Final

__all__ = [
    "ARCHIVE_LAG_MAX_SECONDS",
    "BOUND_PLAN_SECONDS",
    "BUDGETED_PRINCIPALS_MAX",
    "CONFLICTS_BEFORE_LEASE",
    "CONFLICTS_BEFORE_SAGA",
    "CONFLICTS_BEFORE_SPLIT",
    "CONTENDED_SECONDS",
    "COUNTED_REMOVAL_TTL_SECONDS",
    "LEDGER_KEY_KEPT_SECONDS",
    "LEDGER_KEY_REFRESH_SECONDS",
    "PRIORITY_LEASE_SECONDS",
    "READ_ROUNDS_MAX",
    "RECOUNT_PASSES_MAX",
    "SAGA_LEASE_SECONDS",
    "SENT_ALERT_TTL_SECONDS",
    "SWEEP_SECONDS_MAX",
    "WRITE_ATTEMPTS_MAX",
    "WRITE_DEADLINE_SECONDS",
]

# Write conflicts
WRITE_ATTEMPTS_MAX: Final = 40
"""Attempts of one write that keeps conflicting with others, before the response is 503, or 202."""
WRITE_DEADLINE_SECONDS: Final = 10.0
"""How long one write is retried, before the response is 503, or 202 if it has begun; API Gateway itself gives
up after 29 s.  The id of a new product is redrawn under the same limits: with ten million products, one draw
in three is taken."""
CONFLICTS_BEFORE_SPLIT: Final = 2
"""Conflicts of a transaction batch after which it is split in two."""
CONFLICTS_BEFORE_SAGA: Final = 2
"""Conflicts of an order of several lines after which it continues as a saga."""
CONFLICTS_BEFORE_LEASE: Final = 6
"""Conflicts of a write over one SKU after which it requests a priority lease of that SKU."""
CONTENDED_SECONDS: Final = 5.0
"""How long after a conflict over a SKU a process writes batches on it under a priority lease."""
PRIORITY_LEASE_SECONDS: Final = 1
"""How long other writers leave a SKU to the holder of its priority lease; the holder's write ends it."""
READ_ROUNDS_MAX: Final = 10
"""Calls for one read of several items: DynamoDB may return some of them as unprocessed, for the next call."""

# Budgets
BUDGETED_PRINCIPALS_MAX: Final = 1_000
"""Principals whose budgets a process keeps, those that asked last; any other begins with a full one."""

# Sagas and holds
SAGA_LEASE_SECONDS: Final = 60
"""How long a saga may be idle before the sweeper continues it."""
SWEEP_SECONDS_MAX: Final = 45.0
"""How long one run of the sweeper starts work on further due orders; a run begins every minute."""

# Streams, archive and low stock
SENT_ALERT_TTL_SECONDS: Final = 172_800
"""How long the record of a sent alert is kept; a stream retains a change for 24 hours."""
COUNTED_REMOVAL_TTL_SECONDS: Final = 172_800
"""How long it is kept that a removed product counts no more; a stream retains a change for 24 hours."""
RECOUNT_PASSES_MAX: Final = 3
"""Scans of one recount of products: the next one is for counters that changed while one ran."""
ARCHIVE_LAG_MAX_SECONDS: Final = 300
"""The longest time that a log record may take to reach the archive."""
BOUND_PLAN_SECONDS: Final = 120
"""The age at which a plan to lower a low-stock bound is executed; a request that read the bound before the
plan was written ends sooner."""

# Ledger keys
LEDGER_KEY_REFRESH_SECONDS: Final = 300
"""The age from which on the key that signs log records is read again while it is used."""
LEDGER_KEY_KEPT_SECONDS: Final = 3_600
"""The age from which on it is not used: how long an old key can sign after a rotation, if the new one cannot
be read."""
