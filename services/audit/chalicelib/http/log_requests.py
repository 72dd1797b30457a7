"""What the routes of the log have in common: the roles that may read it, and the period of a query."""

from __future__ import annotations

from typing import Final

from inventory_common.identity import Role
from inventory_common.requests import MOMENT, Parameter

__all__ = ["LOG_READERS", "PERIOD", "RESERVATION_READERS"]

LOG_READERS: Final = {Role.VENDOR, Role.AUDITOR, Role.ADMIN}
RESERVATION_READERS: Final = {*LOG_READERS, Role.DESK}

PERIOD: Final = {
    "from": Parameter(MOMENT, "Only records written at this time or later."),
    "to": Parameter(MOMENT, "Only records written before this time; must be later than `from`."),
}
