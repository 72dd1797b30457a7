"""Which alerts were sent, kept for longer than a stream can deliver their changes again."""

from __future__ import annotations

from inventory_common.items import to_item
from inventory_common.schema import TTL_ATTRIBUTE
from inventory_common.timestamps import epoch_seconds
from inventory_common.tuning import SENT_ALERT_TTL_SECONDS
from inventory_common.values import value

from .database import Database
from .items import sent_alert_key

__all__ = ["SentAlertStore"]


@value
class SentAlertStore:
    """Reads and writes which alerts were sent."""

    database: Database

    def contains(self, alert_id: str) -> bool:
        """Return whether an alert was sent."""
        return self.database.get(self.database.inventory, sent_alert_key(alert_id)) is not None

    def add(self, alert_id: str, now: str) -> None:
        """Record that an alert was sent."""
        ttl = epoch_seconds(now) + SENT_ALERT_TTL_SECONDS
        item = sent_alert_key(alert_id) | to_item({TTL_ATTRIBUTE: ttl})
        self.database.client.put_item(TableName=self.database.inventory, Item=item)
