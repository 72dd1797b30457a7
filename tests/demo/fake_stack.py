"""The three services and the token issuer in memory, as far as their contract concerns the demo.

It is strict about roles, about bodies, which must have exactly the documented members, and about required
keys.  It can fail after any request, as in a power cut: the request is executed, its response is lost, and
all later requests fail.  A test may intercept every request, to return a response or to change something.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import httpx

FRONT, CATALOG, STOCK, AUDIT = 8000, 8001, 8002, 8003
PAGE_ITEMS = 7
Json = dict[str, Any]
NOON = "2026-01-01T12:00:00.000000Z"


class PowerCut(Exception):
    """The run that sent this request ends."""


class Refusal(Exception):
    def __init__(self, status: int, code: str, detail: str = "Refused.", **members: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.document = {
            "type": f"/problems/{code}",
            "title": code,
            "status": status,
            "detail": detail,
            "code": code,
            "request_id": "request-1",
            **members,
        }


@dataclass
class FakeStack:
    cut_after: int | None = None
    requests: Counter[str] = field(default_factory=Counter)
    products: dict[str, Json] = field(default_factory=dict)
    skus: dict[str, Json] = field(default_factory=dict)
    orders: dict[str, Json] = field(default_factory=dict)
    log: list[Json] = field(default_factory=list)
    idempotency_records: dict[tuple[str, str, str | None], tuple[bytes, str]] = field(default_factory=dict)
    intercept: Callable[[httpx.Request], httpx.Response | None] | None = None
    lock: Lock = field(default_factory=Lock)

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.handle)

    def restart(self, cut_after: int | None = None) -> None:
        """Accept requests again, until the next power cut."""
        self.cut_after = cut_after
        self.requests.clear()

    def let_a_day_pass(self) -> None:
        self.idempotency_records.clear()

    def handle(self, request: httpx.Request) -> httpx.Response:
        with self.lock:
            if self.cut_after is not None and self.requests.total() >= self.cut_after:
                raise PowerCut
            self.requests[request.method] += 1
            try:
                response = self.route(request)
            except Refusal as refusal:
                content_type = {"Content-Type": "application/problem+json"}
                response = httpx.Response(refusal.status, json=refusal.document, headers=content_type)
            if self.requests.total() == self.cut_after:
                raise PowerCut
            return response

    def route(self, request: httpx.Request) -> httpx.Response:
        intercepted = self.intercept(request) if self.intercept else None
        if intercepted is not None:
            return intercepted
        for port, method, pattern, handler in ROUTES:
            match = re.fullmatch(pattern, request.url.path)
            if match and request.url.port == port and request.method == method:
                return handler(self, request, *match.groups())
        raise Refusal(404, "route_not_found")

    # The token issuer

    def token(self, request: httpx.Request) -> httpx.Response:
        role, vendor = request.url.params["role"], request.url.params.get("vendor")
        assert (vendor is not None) == (role == "vendor")
        return httpx.Response(200, text=f"{role}:{vendor or ''}\n")

    # catalog

    def create_product(self, request: httpx.Request) -> httpx.Response:
        vendor_id = who(request, "vendor")
        body = read(request, {"product_name", "category", "base_price"})
        if replay := self.replay(request, required=False):
            return done(200, self.products[replay], replayed=True)
        number = len(self.products) + 1
        product = body | {
            "product_id": f"PROD-{number:05d}",
            "vendor_id": vendor_id,
            "is_active": True,
            "created_at": f"2026-01-01T00:00:00.{number:06d}Z",
            "updated_at": f"2026-01-01T00:00:00.{number:06d}Z",
            "version": 1,
        }
        self.products[product["product_id"]] = product
        self.record_result(request, product["product_id"])
        return done(201, product)

    def vendor_products(self, request: httpx.Request, vendor_id: str) -> httpx.Response:
        assert who(request, "vendor") == vendor_id
        return page(request, [p for p in self.products.values() if p["vendor_id"] == vendor_id], {"1000"})

    def deactivate(self, request: httpx.Request, product_id: str) -> httpx.Response:
        product = self.own_product(request, product_id)
        product["is_active"] = False
        return httpx.Response(204)

    # stock

    def create_sku(self, request: httpx.Request, product_id: str) -> httpx.Response:
        product = self.own_product(request, product_id)
        body = read(request, {"sku", "variant_name", "unit_price", "reorder_threshold"})
        variant = body["sku"].removeprefix(f"SKU-{product_id}-")
        assert re.fullmatch(r"[A-Z0-9]+(-[A-Z0-9]+)*", variant)
        assert len(variant) <= 40
        if body["sku"] in self.skus:
            raise Refusal(409, "sku_exists")
        if not product["is_active"]:
            raise Refusal(409, "product_inactive")
        figures = {"current_stock": 0, "reserved_stock": 0, "available_stock": 0, "sequence": 0}
        rest = {"last_updated": NOON, "last_updated_by": "VENDOR-001", "is_active": True, "version": 1}
        flags = {"ledger_hash": "0" * 64, "product_is_active": True, "product_version": 1}
        ids = {"product_id": product_id, "vendor_id": product["vendor_id"]}
        sku = body | figures | rest | flags | ids
        self.skus[body["sku"]] = sku
        return done(201, sku)

    def sku(self, request: httpx.Request, product_id: str, sku: str) -> httpx.Response:
        self.own_product(request, product_id)
        if sku not in self.skus:
            raise Refusal(404, "sku_not_found")
        return done(200, self.skus[sku])

    def restock(self, request: httpx.Request, product_id: str, sku: str) -> httpx.Response:
        product = self.own_product(request, product_id)
        body = read(request, {"quantity", "notes"})
        assert body["quantity"] >= 1
        if self.replay(request, required=True):
            record = next(record for record in self.log if record["sku"] == sku)
            return done(200, {"transaction": record, "sku": self.skus[sku]}, replayed=True)
        if not product["is_active"]:
            raise Refusal(409, "product_inactive")
        self.change(sku, "restock", body["quantity"], current=+1)
        self.record_result(request, sku)
        return done(201, {"transaction": self.log[-1], "sku": self.skus[sku]})

    def place(self, request: httpx.Request, order_id: str) -> httpx.Response:
        who(request, "orders")
        body = read(request, {"lines", "hold_seconds"})
        assert 60 <= body["hold_seconds"] <= 2_592_000
        lines = body["lines"]
        if order_id in self.orders:
            if self.orders[order_id]["asked"] != lines:
                raise Refusal(409, "order_exists")
            if self.orders[order_id]["status"] == "cancelled":
                raise Refusal(409, "reservation_expired", order=self.orders[order_id])
            return done(200, self.orders[order_id], replayed=True)
        if not all(self.products[line["product_id"]]["is_active"] for line in lines):
            raise Refusal(409, "product_inactive")
        short = [
            {
                "product_id": line["product_id"],
                "sku": line["sku"],
                "asked": line["quantity"],
                "available": self.skus[line["sku"]]["available_stock"],
            }
            for line in lines
            if self.skus[line["sku"]]["available_stock"] < line["quantity"]
        ]
        if short:
            raise Refusal(409, "insufficient_stock", "Too few units.", lines=short)
        self.reserve(order_id, lines)
        return done(201, self.orders[order_id])

    def confirm(self, request: httpx.Request, order_id: str) -> httpx.Response:
        who(request, "orders")
        assert not request.content
        order = self.order_or_404(order_id)
        for line in order["lines"]:
            units = line["reserved"]
            if units:
                self.change(line["sku"], "order_confirmed", units, current=-1, reserved=-1, order=order_id)
            line["reserved"], line["confirmed"] = 0, line["confirmed"] + units
        order["status"] = "confirmed"
        return done(200, order)

    def order(self, request: httpx.Request, order_id: str) -> httpx.Response:
        who(request, "orders")
        return done(200, self.order_or_404(order_id))

    def inventory(self, request: httpx.Request, vendor_id: str) -> httpx.Response:
        assert who(request, "vendor") == vendor_id
        listed = [s for s in self.skus.values() if s["vendor_id"] == vendor_id]
        return page(request, listed, {"1000", "100"})  # the last changes are read again, in short pages

    def low_stock(self, request: httpx.Request, vendor_id: str) -> httpx.Response:
        assert who(request, "vendor") == vendor_id
        low = [
            sku
            for sku in self.skus.values()
            if sku["vendor_id"] == vendor_id
            and sku["current_stock"] <= sku["reorder_threshold"]
            and self.products[sku["product_id"]]["is_active"]
        ]
        return page(request, low)

    # audit

    def transactions(self, request: httpx.Request, vendor_id: str) -> httpx.Response:
        who(request, "auditor")
        return page(request, [r for r in self.log if r["vendor_id"] == vendor_id])

    # State

    def own_product(self, request: httpx.Request, product_id: str) -> Json:
        product = self.products.get(product_id)
        if product is None or product["vendor_id"] != who(request, "vendor"):
            raise Refusal(404, "product_not_found")
        return product

    def order_or_404(self, order_id: str) -> Json:
        if order_id not in self.orders:
            raise Refusal(404, "order_not_found")
        return self.orders[order_id]

    def change(
        self,
        name: str,
        transaction_type: str,
        quantity: int,
        *,
        current: int = 0,
        reserved: int = 0,
        order: str | None = None,
    ) -> None:
        """Change a SKU's stock and write the record of it."""
        sku = self.skus[name]
        stock_before, reserved_before = sku["current_stock"], sku["reserved_stock"]
        sku["current_stock"] += current * quantity
        sku["reserved_stock"] += reserved * quantity
        sku["available_stock"] = sku["current_stock"] - sku["reserved_stock"]
        sku["sequence"] += 1
        assert 0 <= sku["reserved_stock"] <= sku["current_stock"]
        record = {
            "sku": name,
            "vendor_id": sku["vendor_id"],
            "sequence": sku["sequence"],
            "transaction_type": transaction_type,
            "quantity": quantity,
            "quantity_change": current * quantity,
            "order_id": order,
            "transaction_id": f"TXN-{len(self.log)}",
            "timestamp": NOON,
            "product_id": sku["product_id"],
            "stock_before": stock_before,
            "stock_after": sku["current_stock"],
            "reserved_before": reserved_before,
            "reserved_after": sku["reserved_stock"],
            "performed_by": "somebody",
            "request_id": "request-1",
            "form": 1,
            "command": "restock",
            "reason": None,
            "order_step": None,
            "order_previous": None,
            "previous_hash": "0" * 64,
            "hash": "0" * 64,
            "signature": "A" * 86,
            "key_id": "test-1",
        }
        self.log.append(record)

    def reserve(self, order_id: str, lines: list[Json]) -> None:
        """Place an order for which there is enough stock."""
        for line in lines:
            self.change(line["sku"], "order_placed", line["quantity"], reserved=+1, order=order_id)
        self.orders[order_id] = {
            "asked": lines,
            "order_id": order_id,
            "status": "reserved",
            "created_at": NOON,
            "expires_at": NOON,
            "cancel_reason": None,
            "lines": [
                {
                    "product_id": line["product_id"],
                    "sku": line["sku"],
                    "vendor_id": self.skus[line["sku"]]["vendor_id"],
                    "placed": line["quantity"],
                    "reserved": line["quantity"],
                    "confirmed": 0,
                    "cancelled": 0,
                    "refunded": 0,
                    "reason": None,
                    "notes": None,
                }
                for line in lines
            ],
        }

    def replay(self, request: httpx.Request, *, required: bool) -> str | None:
        key = request.headers.get("Idempotency-Key")
        if key is None and required:
            raise Refusal(400, "idempotency_key_required")
        assert key is None or len(key) <= 255
        record_of_key = self.idempotency_records.get(
            (request.headers["Authorization"], request.url.path, key)
        )
        if record_of_key is None:
            return None
        content, result = record_of_key
        if content != request.content:
            raise Refusal(422, "idempotency_key_reused")
        return result

    def record_result(self, request: httpx.Request, result: str) -> None:
        key = request.headers.get("Idempotency-Key")
        if key is not None:
            record_key = (request.headers["Authorization"], request.url.path, key)
            self.idempotency_records[record_key] = (request.content, result)

    # For the tests

    def expire(self, order_id: str) -> None:
        """Release what an order reserves, as the sweeper does when its hold expires."""
        order = self.orders[order_id]
        order["status"] = "cancelled"
        for line in order["lines"]:
            units, line["reserved"] = line["reserved"], 0
            self.change(line["sku"], "order_cancelled", units, reserved=-1, order=order_id)

    def product_name(self, sku: str) -> str:
        name: str = self.products[self.skus[sku]["product_id"]]["product_name"]
        return name

    def final_state(self) -> dict[str, Any]:
        """Return everything but the ids, which depend on the order of the vendors."""
        names = {name: f"{self.product_name(name)}, {s['variant_name']}" for name, s in self.skus.items()}
        log: dict[str, list[Json]] = defaultdict(list)
        for record in self.log:
            shown = {key: record[key] for key in ("transaction_type", "quantity", "order_id")}
            log[names[record["sku"]]].append(shown)
        price = ("vendor_id", "product_name", "category", "base_price", "is_active")
        stock = ("current_stock", "reserved_stock", "sequence", "unit_price", "reorder_threshold")
        return {
            "products": sorted([p[key] for key in price] for p in self.products.values()),
            "skus": {names[sku]: [s[key] for key in stock] for sku, s in self.skus.items()},
            "log": dict(log),
            "orders": {
                order_id: (order["status"], {names[x["sku"]]: x["placed"] for x in order["lines"]})
                for order_id, order in self.orders.items()
            },
        }


def who(request: httpx.Request, role: str) -> str:
    """Return the vendor of the token; 403 for any other role."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer":
        raise Refusal(401, "unauthenticated")
    actual_role, _, vendor_id = token.partition(":")
    if actual_role != role:
        raise Refusal(403, "forbidden", f"The role {actual_role} is not allowed.")
    return str(vendor_id)


def read(request: httpx.Request, members: set[str]) -> dict[str, Any]:
    body: Json = json.loads(request.content)
    assert set(body) == members
    return body


def done(status: int, body: Any, *, replayed: bool = False) -> httpx.Response:
    headers = {"Idempotent-Replayed": "true"} if replayed else {}
    return httpx.Response(status, json=body, headers=headers)


def page(
    request: httpx.Request, items: list[Any], limits: Collection[str] = frozenset({"100"})
) -> httpx.Response:
    """Return a page; the first one is empty and has a cursor, as a filtered page may."""
    assert request.url.params["limit"] in limits
    cursor = request.url.params.get("cursor")
    if cursor is None:
        return done(200, {"items": [], "next_cursor": "0"})
    start = int(cursor)
    end = start + PAGE_ITEMS
    following = str(end) if end < len(items) else None
    return done(200, {"items": items[start:end], "next_cursor": following})


ROUTES: list[tuple[int, str, str, Callable[..., httpx.Response]]] = [
    (FRONT, "GET", r"/token", FakeStack.token),
    (CATALOG, "POST", r"/products", FakeStack.create_product),
    (CATALOG, "DELETE", r"/products/([^/]+)", FakeStack.deactivate),
    (CATALOG, "GET", r"/vendors/([^/]+)/products", FakeStack.vendor_products),
    (STOCK, "POST", r"/products/([^/]+)/skus", FakeStack.create_sku),
    (STOCK, "GET", r"/products/([^/]+)/skus/([^/]+)", FakeStack.sku),
    (STOCK, "POST", r"/products/([^/]+)/skus/([^/]+)/restocks", FakeStack.restock),
    (STOCK, "PUT", r"/orders/([^/]+)", FakeStack.place),
    (STOCK, "GET", r"/orders/([^/]+)", FakeStack.order),
    (STOCK, "POST", r"/orders/([^/]+)/confirm", FakeStack.confirm),
    (STOCK, "GET", r"/vendors/([^/]+)/inventory", FakeStack.inventory),
    (STOCK, "GET", r"/vendors/([^/]+)/low-stock", FakeStack.low_stock),
    (AUDIT, "GET", r"/vendors/([^/]+)/transactions", FakeStack.transactions),
]
