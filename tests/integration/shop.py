"""The shop as its users see it: vendors, the order system and auditors, over HTTP."""

from __future__ import annotations

import itertools
import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple, TypeVar

import httpx

T = TypeVar("T")

VENDOR = "VENDOR-001"
TIMEOUT_SECONDS = 40.0
RETRIES_MAX = 50


class Line(NamedTuple):
    """Units of a SKU."""

    sku: Sku
    quantity: int


class Sku(NamedTuple):
    """A SKU of a product of a vendor."""

    vendor_id: str
    product_id: str
    sku: str


class Wire:
    """One connection pool and one set of tokens for all users; safe to share between threads."""

    def __init__(self, front_url: str) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        # A proxy that the environment names must not see requests to 127.0.0.1.
        self.http = httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False, limits=limits)
        self._front_url = front_url
        self._tokens: dict[tuple[str, str | None], str] = {}
        self._lock = threading.Lock()

    def token(self, role: str, vendor_id: str | None = None) -> str:
        with self._lock:
            if (role, vendor_id) not in self._tokens:
                params = {"role": role} | ({"vendor": vendor_id} if vendor_id else {})
                response = self.http.get(f"{self._front_url}/token", params=params)
                assert response.status_code == 200, response.text
                self._tokens[role, vendor_id] = response.text.strip()
            return self._tokens[role, vendor_id]


@dataclass(frozen=True)
class Shop:
    """The services at their addresses; `at` makes a shop with another process of one of them."""

    wire: Wire
    catalog: str
    stock: str
    audit: str

    def at(self, *, catalog: str = "", stock: str = "", audit: str = "") -> Shop:
        return replace(
            self,
            catalog=catalog or self.catalog,
            stock=stock or self.stock,
            audit=audit or self.audit,
        )

    # Any request

    def ask(
        self,
        method: str,
        url: str,
        role: str | None = None,
        vendor_id: str | None = None,
        *,
        body: Any = None,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
    ) -> httpx.Response:
        sent = dict(headers or {})
        if role is not None:
            sent["Authorization"] = f"Bearer {self.wire.token(role, vendor_id)}"
        if key is not None:
            sent["Idempotency-Key"] = key
        return self.wire.http.request(method, url, json=body, headers=sent, params=params)

    # A vendor

    def create_product(
        self, vendor_id: str = VENDOR, *, key: str | None = None, **attributes: Any
    ) -> httpx.Response:
        body = {"product_name": "Tea", "category": "Drinks", "base_price": 4.5} | attributes
        return self.ask("POST", f"{self.catalog}/products", "vendor", vendor_id, body=body, key=key)

    def deactivate_product(self, product_id: str, vendor_id: str = VENDOR) -> httpx.Response:
        return self.ask("DELETE", f"{self.catalog}/products/{product_id}", "vendor", vendor_id)

    def create_sku(self, sku: Sku, *, key: str | None = None, **attributes: Any) -> httpx.Response:
        body = {"sku": sku.sku, "variant_name": "A pack", "unit_price": 4.5, "reorder_threshold": 5}
        url = f"{self.stock}/products/{sku.product_id}/skus"
        return self.ask("POST", url, "vendor", sku.vendor_id, body=body | attributes, key=key)

    def restock(self, sku: Sku, quantity: int, *, key: str | None = None, **more: Any) -> httpx.Response:
        url = f"{self.stock}/products/{sku.product_id}/skus/{sku.sku}/restocks"
        body = {"quantity": quantity} | more
        return self.ask("POST", url, "vendor", sku.vendor_id, body=body, key=key or secrets.token_hex(8))

    def sku(self, sku: Sku) -> Any:
        url = f"{self.stock}/products/{sku.product_id}/skus/{sku.sku}"
        return done(self.ask("GET", url, "vendor", sku.vendor_id)).json()

    def has_product(self, vendor_id: str = VENDOR, **attributes: Any) -> str:
        """Create a product and return its id."""
        return str(done(self.create_product(vendor_id, **attributes)).json()["product_id"])

    def has_sku(
        self,
        stock: int,
        *,
        product_id: str | None = None,
        vendor_id: str = VENDOR,
        variant: str = "PACK",
        **attributes: Any,
    ) -> Sku:
        """Create a SKU with so many units."""
        product_id = product_id or self.has_product(vendor_id)
        sku = Sku(vendor_id, product_id, f"SKU-{product_id}-{variant}")
        done(self.create_sku(sku, **attributes))
        if stock:
            done(self.restock(sku, stock))
        return sku

    def has_skus(self, count: int, stock: int, **attributes: Any) -> list[Sku]:
        """Create so many SKUs of one product."""
        product_id = self.has_product()
        return [
            self.has_sku(stock, product_id=product_id, variant=f"V{n:04}", **attributes) for n in range(count)
        ]

    # The order system

    def place(self, order_id: str, *lines: tuple[Sku, int], **more: Any) -> httpx.Response:
        sent = [
            {"product_id": sku.product_id, "sku": sku.sku, "quantity": quantity} for sku, quantity in lines
        ]
        return self.ask("PUT", f"{self.stock}/orders/{order_id}", "orders", body={"lines": sent} | more)

    def amend(self, order_id: str, *lines: tuple[Sku, int], key: str) -> httpx.Response:
        sent = [
            {"product_id": sku.product_id, "sku": sku.sku, "quantity": quantity} for sku, quantity in lines
        ]
        url = f"{self.stock}/orders/{order_id}/amend"
        return self.ask("POST", url, "orders", body={"lines": sent}, key=key)

    def reopen(self, order_id: str, *, key: str) -> httpx.Response:
        return self.ask("POST", f"{self.stock}/orders/{order_id}/reopen", "orders", key=key)

    def cancel_with(self, order_id: str, *, key: str) -> httpx.Response:
        """Cancel an order that was amended or reopened, or may have been."""
        return self.ask("POST", f"{self.stock}/orders/{order_id}/cancel", "orders", key=key)

    def confirm(self, order_id: str) -> httpx.Response:
        return self.ask("POST", f"{self.stock}/orders/{order_id}/confirm", "orders")

    def cancel(self, order_id: str) -> httpx.Response:
        return self.ask("POST", f"{self.stock}/orders/{order_id}/cancel", "orders")

    def order(self, order_id: str) -> httpx.Response:
        return self.ask("GET", f"{self.stock}/orders/{order_id}", "orders")

    # Lists

    def pages(self, url: str, role: str, vendor_id: str | None = None, *, limit: int) -> Iterator[list[Any]]:
        """Yield the items of each page, of at most 1,000, so that a cycle of cursors ends."""
        params: dict[str, str | int] = {"limit": limit}
        for _ in range(1_000):
            page = done(self.ask("GET", url, role, vendor_id, params=params)).json()
            yield page["items"]
            if page["next_cursor"] is None:
                return
            params["cursor"] = page["next_cursor"]
        raise AssertionError(f"{url} has no last page")

    def listed(self, url: str, role: str, vendor_id: str | None = None, *, limit: int = 100) -> list[Any]:
        return list(itertools.chain.from_iterable(self.pages(url, role, vendor_id, limit=limit)))


def done(response: httpx.Response) -> httpx.Response:
    """Return the response if it is a success."""
    assert response.is_success, (
        f"{response.request.method} {response.url}: {response.status_code} {response.text}"
    )
    return response


def outcome(response: httpx.Response) -> str:
    """Describe a response: ``201``, ``200``, ``200 replayed``, or such as ``409 insufficient_stock``."""
    if not response.is_success:
        return f"{response.status_code} {response.json()['code']}"
    replayed = response.headers.get("Idempotent-Replayed") == "true"
    return f"{response.status_code} replayed" if replayed else str(response.status_code)


def outcomes(responses: Sequence[httpx.Response]) -> dict[str, int]:
    return dict(Counter(map(outcome, responses)))


def retry_while_busy(request: Callable[[], httpx.Response]) -> httpx.Response:
    """Send a request again while the service is busy, the order in progress, or the command not finished."""
    for attempt in range(RETRIES_MAX):
        response = request()
        if response.status_code == 202:
            time.sleep(0.1)
            continue
        if response.status_code not in (409, 503):
            return response
        if response.status_code == 409 and response.json()["code"] != "order_in_progress":
            return response
        code = response.json()["code"]
        assert code in ("busy", "order_in_progress"), response.text
        assert "Retry-After" in response.headers
        detail = response.json()["detail"]
        print(f"{code} in attempt {attempt + 1}: {response.request.method} {response.url}: {detail}")
        time.sleep(min(0.02 * 2**attempt, float(response.headers["Retry-After"])))
    raise AssertionError(f"still busy after {RETRIES_MAX} attempts")


def together(jobs: Sequence[Callable[[], T]]) -> list[T]:
    """Run all jobs at once, each in a thread, and return their results in the order of the jobs."""
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], T]) -> T:
        start.wait()
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def by_writers(writers: int, requests: Sequence[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    """Send requests from so many threads at once, each until the service accepts it."""
    left = iter(list(enumerate(requests)))
    lock = threading.Lock()
    responses: dict[int, httpx.Response] = {}

    def write() -> None:
        while True:
            with lock:
                number, request = next(left, (-1, None))
            if request is None:
                return
            responses[number] = retry_while_busy(request)

    together([write] * writers)
    return [responses[number] for number in range(len(requests))]


def by_each_writer(writers: int, request: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """Send the same request from so many threads at once."""
    return together([partial(retry_while_busy, request)] * writers)


class Dice(random.Random):
    """Random numbers whose seed is printed, so that a test can be repeated."""

    def __init__(self) -> None:
        self.first_seed = secrets.randbits(32)
        super().__init__(self.first_seed)
        print(f"random seed: {self.first_seed}")

    def shuffled(self, items: Sequence[T]) -> list[T]:
        return self.sample(items, len(items))
