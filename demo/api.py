"""The three services of a local stack, as vendors, the order system and an auditor call them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from threading import Lock
from types import TracebackType
from typing import Final, Self

import httpx

from inventory_client import AuditClient, CatalogClient, LocalStackToken, StockClient

DEFAULT_PORTS: Final = {"FRONT": 8000, "CATALOG": 8001, "STOCK": 8002, "AUDIT": 8003}


def default_urls(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the addresses of the local stack, by its own settings (``FRONT_PORT`` and so on)."""
    ports = {name: settings.get(f"{name}_PORT", default) for name, default in DEFAULT_PORTS.items()}
    return {f"{name}_URL": f"http://127.0.0.1:{port}" for name, port in ports.items()}


class Stack:
    """The three services of a running stack.

    Parameters
    ----------
    settings
        The addresses `CATALOG_URL`, `STOCK_URL`, `AUDIT_URL`, and `FRONT_URL` for tokens; by default
        those of `make run` on this machine.
    transport
        The transport of requests; the network by default.
    sleep
        Waits before a request is sent again.

    Attributes
    ----------
    orders
        The stock service, called as the order system.
    audit
        The audit service, called as an auditor.
    """

    def __init__(
        self,
        settings: Mapping[str, str],
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        urls = {name: settings.get(name) or default for name, default in default_urls(settings).items()}
        self._token = partial(LocalStackToken, urls["FRONT_URL"], transport=transport)
        self._vendors: dict[str, LocalStackToken] = {}
        self._lock = Lock()
        self._catalog = CatalogClient(urls["CATALOG_URL"], transport=transport, sleep=sleep)
        self.orders = StockClient(urls["STOCK_URL"], self._token("orders"), transport=transport, sleep=sleep)
        self.audit = AuditClient(urls["AUDIT_URL"], self._token("auditor"), transport=transport, sleep=sleep)

    def catalog_of(self, vendor_id: str) -> CatalogClient:
        """Return the catalog service, called as a vendor."""
        return self._catalog.acting_as(self._vendor(vendor_id))

    def stock_of(self, vendor_id: str) -> StockClient:
        """Return the stock service, called as a vendor."""
        return self.orders.acting_as(self._vendor(vendor_id))

    def _vendor(self, vendor_id: str) -> LocalStackToken:
        with self._lock:
            return self._vendors.setdefault(vendor_id, self._token("vendor", vendor_id))

    def __enter__(self) -> Self:
        """Return the stack; leaving the block closes its connections."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close all connections."""
        for client in (self._catalog, self.orders, self.audit):
            client.close()
