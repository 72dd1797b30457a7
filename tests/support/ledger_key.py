"""The ledger key of tests, and the published keys that verify what it signs."""

from __future__ import annotations

from typing import Final

from fixed_ledger_key import FixedLedgerKey, fixed_key

__all__ = ["LEDGER_KEY", "LEDGER_KEYS", "FixedLedgerKey"]

LEDGER_KEY: Final = fixed_key()
LEDGER_KEYS: Final = FixedLedgerKey().published
