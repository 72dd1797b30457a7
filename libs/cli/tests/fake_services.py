"""The services in memory, as far as imports and commands use them."""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import httpx

from inventory_client import PublicKey, PublicKeys

LEDGER_KEYS = PublicKeys(
    [
        PublicKey("old", bytes(32), "2026-01-01T12:00:00.000000Z", "2026-02-01T13:05:00.000000Z"),
        PublicKey("new", bytes(range(32)), "2026-02-01T12:00:00.000000Z", None),
    ]
)
NOON = "2026-01-01T12:00:00.000000Z"
PAGE_ITEMS = 3


class Refusal(Exception):
    def __init__(self, status: int, code: str, **members: Any) -> None:
        super().__init__(code)
        self.status = status
        self.document = {
            "status": status,
            "code": code,
            "detail": f"It is {code}.",
            "request_id": "r",
            **members,
        }


@dataclass
class FakeServices:
    """Responds like the catalog, stock and audit services and the local stack's front page.

    `intercept` may respond instead of a service, raise a network error, or change something meanwhile.
    """

    products: dict[str, dict[str, Any]] = field(default_factory=dict)
    skus: dict[str, dict[str, Any]] = field(default_factory=dict)
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    log: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    keys: dict[str, tuple[bytes, dict[str, Any]]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    intercept: Callable[[httpx.Request], httpx.Response | None] | None = None
    hides_new: bool = False
    hides_new_products: bool = False
    at_once: int = 0
    most_at_once: int = 0
    lock: Lock = field(default_factory=Lock)
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.handle)

    def handle(self, request: httpx.Request) -> httpx.Response:
        with self.lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self.requests.append(f"{request.method} {request.url.path}")
        try:
            if self.intercept and (answer := self.intercept(request)):
                return answer
            with self.lock:
                return self.route(request)
        except Refusal as refusal:
            return httpx.Response(refusal.status, json=refusal.document)
        finally:
            with self.lock:
                self.at_once -= 1

    def route(self, request: httpx.Request) -> httpx.Response:
        for method, pattern, answer in ROUTES:
            match = re.fullmatch(pattern, request.url.path)
            if match and request.method == method:
                return answer(self, request, *match.groups())
        raise AssertionError(f"{request.method} {request.url}")

    def writes(self) -> list[str]:
        """Return the requests that change something."""
        return [line for line in self.requests if not line.startswith("GET ")]

    def replayed(self, request: httpx.Request, key: str) -> httpx.Response:
        content, document = self.keys[key]
        if content != request.content:
            raise Refusal(422, "idempotency_key_reused")
        return httpx.Response(200, json=document, headers={"Idempotent-Replayed": "true"})

    # The front page and the catalog

    def token(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=f"token-of-{request.url.params['role']}")

    def create_product(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        assert "is_active" not in body
        key = request.url.path + request.headers["Idempotency-Key"]
        if key in self.keys:
            return self.replayed(request, key)
        for product in self.products.values():
            same = (product["vendor_id"], product["external_id"]) == (
                body["vendor_id"],
                body.get("external_id"),
            )
            if same and body.get("external_id") is not None:
                raise Refusal(409, "external_id_exists", product_id=product["product_id"])
        optional = ("description", "subcategory", "brand", "images", "tags", "external_id")
        product_id = f"PROD-{next(self.numbers):05}"
        times = {"created_at": NOON, "updated_at": NOON}
        rest = {"product_id": product_id, "is_active": True, "version": 1}
        self.products[product_id] = dict.fromkeys(optional) | body | times | rest
        self.keys[key] = (request.content, self.products[product_id])
        return httpx.Response(201, json=self.products[product_id])

    def product(self, request: httpx.Request, product_id: str) -> httpx.Response:
        if product_id not in self.products:
            raise Refusal(404, "product_not_found")
        return httpx.Response(200, json=self.products[product_id])

    def patch_product(self, request: httpx.Request, product_id: str) -> httpx.Response:
        product = self.products[product_id]
        changes = {"is_active": False} if request.method == "DELETE" else json.loads(request.content)
        is_stale = request.headers.get("If-Match", f'"{product["version"]}"') != f'"{product["version"]}"'
        if is_stale and changes.items() <= product.items():
            return httpx.Response(204) if request.method == "DELETE" else httpx.Response(200, json=product)
        if is_stale:
            raise Refusal(412, "precondition_failed")
        product |= changes | {"version": product["version"] + 1}
        return httpx.Response(204) if request.method == "DELETE" else httpx.Response(200, json=product)

    def vendor_products(self, request: httpx.Request, vendor_id: str) -> httpx.Response:
        hidden = self.hides_new or self.hides_new_products
        found = [p for p in self.products.values() if p["vendor_id"] == vendor_id and not hidden]
        if external_id := request.url.params.get("external_id"):
            found = [p for p in found if p["external_id"] == external_id]
        if name := request.url.params.get("name"):
            found = [p for p in found if p["product_name"].casefold().startswith(name.casefold())]
        return page(request, found)

    def browse(self, request: httpx.Request) -> httpx.Response:
        category = request.url.params["category"]
        return page(request, [p for p in self.products.values() if p["category"] == category])

    def categories(self, request: httpx.Request) -> httpx.Response:
        tally = Counter(p["category"] for p in self.products.values() if p["is_active"])
        return page(request, [{"category": c, "active_products": n} for c, n in sorted(tally.items())])

    def vendors(self, request: httpx.Request) -> httpx.Response:
        tally = Counter(p["vendor_id"] for p in self.products.values())
        active = Counter(p["vendor_id"] for p in self.products.values() if p["is_active"])
        found = [
            {"vendor_id": v, "products": n, "active_products": active[v]} for v, n in sorted(tally.items())
        ]
        return page(request, found)

    # Stock

    def create_sku(self, request: httpx.Request, product_id: str) -> httpx.Response:
        body = json.loads(request.content)
        key = request.url.path + request.headers["Idempotency-Key"]
        if key in self.keys:
            return self.replayed(request, key)
        if product_id not in self.products:
            raise Refusal(404, "product_not_found")
        if body["sku"] in self.skus:
            raise Refusal(409, "sku_exists")
        self.skus[body["sku"]] = {
            "variant_attributes": None,
            "barcode": None,
            **body,
            "product_id": product_id,
            "vendor_id": self.products[product_id]["vendor_id"],
            "current_stock": 0,
            "reserved_stock": 0,
            "last_updated": NOON,
            "last_updated_by": "somebody",
            "is_active": True,
            "sequence": 0,
            "ledger_hash": "0" * 64,
            "version": 1,
            "product_is_active": True,
            "product_version": 1,
            "details_version": 1,
        }
        self.keys[key] = (request.content, self.skus[body["sku"]])
        return httpx.Response(201, json=self.skus[body["sku"]])

    def sku(self, request: httpx.Request, product_id: str, sku: str) -> httpx.Response:
        if sku not in self.skus:
            raise Refusal(404, "sku_not_found")
        found = self.skus[sku]
        if request.method != "GET":
            changes: dict[str, Any] = (
                {"is_active": False} if request.method == "DELETE" else json.loads(request.content)
            )
            if isinstance(changes.get("variant_attributes"), dict):  # RFC 7396
                merged = (found["variant_attributes"] or {}) | changes["variant_attributes"]
                changes["variant_attributes"] = {k: v for k, v in merged.items() if v is not None}
            etag = f'"{found["details_version"]}"'
            if request.headers.get("If-Match", etag) != etag:
                raise Refusal(412, "precondition_failed")
            versions = {name: found[name] + 1 for name in ("version", "details_version")}
            found |= changes | versions
        return httpx.Response(204) if request.method == "DELETE" else httpx.Response(200, json=found)

    def inventory(self, request: httpx.Request, vendor_id: str) -> httpx.Response:
        found = [s for s in self.skus.values() if s["vendor_id"] == vendor_id and not self.hides_new]
        if barcode := request.url.params.get("barcode"):
            found = [sku for sku in found if sku["barcode"] == barcode]
        return page(request, found)

    def move_up(self, place: int) -> None:
        """Change the SKU at a place of the inventory, which moves it to the top."""
        sku = list(self.skus)[place]
        self.skus = {sku: self.skus.pop(sku), **self.skus}

    def skus_of_product(self, request: httpx.Request, product_id: str) -> httpx.Response:
        return page(request, [sku for sku in self.skus.values() if sku["product_id"] == product_id])

    def change_stock(self, request: httpx.Request, product_id: str, sku: str, kind: str) -> httpx.Response:
        key = request.headers["Idempotency-Key"]
        status, document = self.changed(sku, kind, json.loads(request.content), key)
        return httpx.Response(
            status, json=document, headers={"Idempotent-Replayed": "true"} if status == 200 else {}
        )

    def batch_stock_changes(self, request: httpx.Request) -> httpx.Response:
        changes = json.loads(request.content)["changes"]
        assert 1 <= len(changes) <= 500
        results = []
        for change in changes:
            kind = {"restock": "restocks", "adjustment": "adjustments"}[change.pop("type")]
            key, sku = change.pop("idempotency_key"), change.pop("sku")
            del change["product_id"]
            try:
                status, document = self.changed(sku, kind, change, key)
                result = {"status_code": status, "transaction": document["transaction"]}
            except Refusal as refusal:
                result = {"status_code": refusal.status, "problem": refusal.document}
            results.append({"sku": sku, **result})
        return httpx.Response(200, json={"results": results})

    def changed(
        self, sku: str, kind: str, body: dict[str, Any], idempotency_key: str
    ) -> tuple[int, dict[str, Any]]:
        """Restock or adjust a SKU; return the status and document of the single request's response."""
        if sku not in self.skus:
            raise Refusal(404, "sku_not_found")
        key = f"{sku}/{kind}/{idempotency_key}"
        content = json.dumps(body, sort_keys=True).encode()
        if key in self.keys:
            if self.keys[key][0] != content:
                raise Refusal(422, "idempotency_key_reused")
            return 200, self.keys[key][1]
        found = self.skus[sku]
        if kind == "restocks":
            change = body["quantity"]
        elif "quantity_change" in body:
            change = body["quantity_change"]
        elif body["expected_stock"] != found["current_stock"]:
            raise Refusal(409, "count_stale")
        else:
            change = body["counted_stock"] - body["expected_stock"]
        if found["current_stock"] + change < found["reserved_stock"]:
            raise Refusal(409, "adjustment_below_reserved")
        kinds = {"restocks": "restock", "adjustments": "manual_adjustment"}
        record = self.write(sku, kinds[kind], abs(change), change, 0, body.get("notes"))
        document = {"transaction": record, "sku": dict(found)}
        self.keys[key] = (content, document)
        return 201, document

    def write(
        self, sku: str, kind: str, quantity: int, change: int, reserve: int, notes: str | None = None
    ) -> dict[str, Any]:
        """Change a SKU and write its record."""
        found = self.skus[sku]
        before = (found["current_stock"], found["reserved_stock"])
        found["current_stock"] += change
        found["reserved_stock"] += reserve
        found["sequence"] += 1
        found["version"] += 1
        assert 0 <= found["reserved_stock"] <= found["current_stock"]
        record = {
            "transaction_id": f"TXN-{len(self.log)}",
            "timestamp": NOON,
            "product_id": found["product_id"],
            "sku": sku,
            "vendor_id": found["vendor_id"],
            "transaction_type": kind,
            "quantity_change": change,
            "stock_before": before[0],
            "stock_after": found["current_stock"],
            "order_id": None,
            "performed_by": "somebody",
            "notes": notes,
            "sequence": found["sequence"],
            "quantity": quantity,
            "reserved_before": before[1],
            "reserved_after": found["reserved_stock"],
            "request_id": "r",
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
        return record

    # Orders

    def availability(self, request: httpx.Request) -> httpx.Response:
        is_public = "Authorization" not in request.headers
        lines = []
        for line in json.loads(request.content)["lines"]:
            named = [line["sku"]] if line["sku"] else [None]
            if line["sku"] is None:
                found = [s["sku"] for s in self.skus.values() if s["product_id"] == line["product_id"]]
                named = found or named
            for sku in named:
                units = self.skus[sku]["current_stock"] if sku in self.skus else 0
                is_available = line["quantity"] <= units
                shown = {
                    "is_available": is_available,
                    "available_stock": min(units, 10) if is_public else units,
                }
                lines.append({**line, "sku": sku, **shown})
        all_available = all(line["is_available"] for line in lines)
        return httpx.Response(200, json={"lines": lines, "all_available": all_available})

    def place(self, order_id: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
        if order_id in self.orders:
            if self.orders[order_id]["status"] == "cancelled":
                raise Refusal(409, "order_cancelled", order=self.orders[order_id])
            return self.orders[order_id]
        assert len({line["sku"] for line in lines}) == len(lines)
        short = []
        for line in lines:
            if line["sku"] not in self.skus:
                raise Refusal(404, "sku_not_found")
            found = self.skus[line["sku"]]
            available = found["current_stock"] - found["reserved_stock"]
            if available < line["quantity"]:
                short.append({**line, "asked": line["quantity"], "available": available})
        if short:
            raise Refusal(409, "insufficient_stock", lines=short)
        for line in lines:
            self.write(line["sku"], "order_placed", line["quantity"], 0, line["quantity"])
        self.orders[order_id] = {
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
        return self.orders[order_id]

    def settle(
        self,
        order_id: str,
        command: str,
        part: list[dict[str, Any]] | None = None,
        reason: str | None = None,
        notes: str | None = None,
    ) -> dict[str, Any]:
        if order_id not in self.orders:
            raise Refusal(404, "order_not_found")
        order = self.orders[order_id]
        named = None if part is None else {each["sku"]: each["quantity"] for each in part}
        assert named is None or part is None or len(named) == len(part)
        unsellable = {each["sku"] for each in part or () if each.get("restock") is False}
        for line in order["lines"]:
            units = line["reserved"] if named is None else named.get(line["sku"], 0)
            if command != "confirm" and (named is None or line["sku"] in named):
                line |= {"reason": reason, "notes": notes}
            if command == "refund":
                back = line["confirmed"] - line["refunded"] if named is None else units
                self.write(line["sku"], "refund", back, 0 if line["sku"] in unsellable else back, 0)
                line["refunded"] += back
            elif units:
                leaves = command == "confirm"
                kind = "order_confirmed" if leaves else "order_cancelled"
                self.write(line["sku"], kind, units, -units if leaves else 0, -units)
                line["confirmed" if leaves else "cancelled"] += units
                line["reserved"] -= units
        order["status"] = {"confirm": "confirmed", "cancel": "cancelled", "refund": "refunded"}[command]
        return order

    def amend_order(self, request: httpx.Request, order_id: str) -> httpx.Response:
        assert request.headers["Idempotency-Key"]
        if order_id not in self.orders:
            raise Refusal(404, "order_not_found")
        order = self.orders[order_id]
        lines = {line["sku"]: line for line in order["lines"]}
        for named in json.loads(request.content)["lines"]:
            line = lines[named["sku"]]
            units = named["quantity"] - line["reserved"]
            self.write(line["sku"], "order_placed" if units > 0 else "order_cancelled", abs(units), 0, units)
            line["placed"] += units
            line["reserved"] += units
        return httpx.Response(200, json=order)

    def reopen_order(self, request: httpx.Request, order_id: str) -> httpx.Response:
        assert request.headers["Idempotency-Key"]
        order = self.orders[order_id]
        if order["status"] != "cancelled":
            raise Refusal(409, "not_reopenable")
        for line in order["lines"]:
            self.write(line["sku"], "order_placed", line["cancelled"], 0, line["cancelled"])
            line["reserved"], line["cancelled"] = line["cancelled"], 0
        order["status"] = "reserved"
        order["held_for"] = json.loads(request.content or b"{}").get("hold_seconds")
        return httpx.Response(200, json=order)

    def batch(self, request: httpx.Request) -> httpx.Response:
        orders = json.loads(request.content)["orders"]
        assert 1 <= len(orders) <= 500
        assert sum(len(order.get("lines", ())) for order in orders) <= 2000
        results = []
        for order in orders:
            identified = {"order_id": order["order_id"]}
            try:
                if order["command"] == "place":
                    assert 1 <= len(order["lines"]) <= 49
                    done = self.place(order["order_id"], order["lines"])
                else:
                    done = self.settle(order["order_id"], order["command"])
                results.append(identified | {"status_code": 200, "order": done})
            except Refusal as refusal:
                results.append(identified | {"status_code": refusal.status, "problem": refusal.document})
        return httpx.Response(200, json={"results": results})

    def put_order(self, request: httpx.Request, order_id: str) -> httpx.Response:
        return httpx.Response(201, json=self.place(order_id, json.loads(request.content)["lines"]))

    def get_order(self, request: httpx.Request, order_id: str) -> httpx.Response:
        if order_id not in self.orders:
            raise Refusal(404, "order_not_found")
        return httpx.Response(200, json=self.orders[order_id])

    def settle_order(self, request: httpx.Request, order_id: str, command: str) -> httpx.Response:
        body = json.loads(request.content or b"{}")
        why = {name: body.get(name) for name in ("reason", "notes")}
        return httpx.Response(200, json=self.settle(order_id, command, body.get("lines"), **why))

    def orders_due(self, request: httpx.Request) -> httpx.Response:
        return page(request, [o for o in self.orders.values() if any(x["reserved"] for x in o["lines"])])

    # The log

    def vendor_log(self, request: httpx.Request, vendor_id: str) -> httpx.Response:
        kind = request.url.params.get("transaction_type")
        found = [r for r in self.log if r["vendor_id"] == vendor_id and kind in (None, r["transaction_type"])]
        return page(request, found)

    def sku_log(self, request: httpx.Request, sku: str) -> httpx.Response:
        found = [record for record in self.log if record["sku"] == sku]
        return page(request, found if request.url.params.get("order") == "asc" else found[::-1])

    def product_log(self, request: httpx.Request, product_id: str) -> httpx.Response:
        return page(request, [record for record in self.log if record["product_id"] == product_id])

    def order_log(self, request: httpx.Request, order_id: str) -> httpx.Response:
        return page(request, [record for record in self.log[::-1] if record["order_id"] == order_id])

    def verification(self, request: httpx.Request, sku: str) -> httpx.Response:
        """Check a record a page, in truth only whether its figures follow from one another."""
        start = int(request.url.params.get("cursor", "0"))
        log = [record for record in self.log if record["sku"] == sku]
        record = log[start]
        due = record["stock_before"] + record["quantity_change"]
        faults = []
        if record["stock_after"] != due:
            identified = {"transaction_id": record["transaction_id"], "kind": "stock_after"}
            faults.append(identified | {"expected": due, "found": record["stock_after"]})
        following = str(start + 1) if start + 1 < len(log) else None
        body = {"checked": 1, "head_hash": self.skus[sku]["ledger_hash"], "findings": faults}
        return httpx.Response(200, json=body | {"next_cursor": following})

    def stock_at(self, request: httpx.Request, sku: str) -> httpx.Response:
        time = request.url.params["time"]
        log = [record for record in self.log if record["sku"] == sku and record["timestamp"] <= time]
        last = log[-1] if log else None
        stock, reserved = (last["stock_after"], last["reserved_after"]) if last else (0, 0)
        figures = {"current_stock": stock, "reserved_stock": reserved, "available_stock": stock - reserved}
        return httpx.Response(200, json={"time": time, **figures, "transaction": last})

    def reservations(self, request: httpx.Request, sku: str) -> httpx.Response:
        held = [
            {
                "order_id": order_id,
                "quantity": line["reserved"],
                "placed_at": NOON,
                "age_seconds": 60,
                "expires_at": None,
            }
            for order_id, order in self.orders.items()
            for line in order["lines"]
            if line["sku"] == sku and line["reserved"]
        ]
        reserved = self.skus[sku]["reserved_stock"]
        figures = {"sku": sku, "sequence": self.skus[sku]["sequence"], "reserved_stock": reserved}
        rest = reserved - sum(each["quantity"] for each in held)
        return httpx.Response(200, json={**figures, "reservations": held, "unaccounted": rest})

    def list_findings(self, request: httpx.Request) -> httpx.Response:
        return page(request, self.findings)

    def ledger_keys(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=LEDGER_KEYS.jwks())


def page(request: httpx.Request, items: list[Any]) -> httpx.Response:
    start = int(request.url.params.get("cursor", "0"))
    end = start + PAGE_ITEMS
    following = str(end) if end < len(items) else None
    shown = items[start:end]
    if fields := request.url.params.get("fields"):
        shown = [{name: item.get(name) for name in fields.split(",")} for item in shown]
    return httpx.Response(200, json={"items": shown, "next_cursor": following})


ROUTES: list[tuple[str, str, Callable[..., httpx.Response]]] = [
    ("GET", r"/token", FakeServices.token),
    ("POST", r"/products", FakeServices.create_product),
    ("GET", r"/products", FakeServices.browse),
    ("GET", r"/categories", FakeServices.categories),
    ("GET", r"/vendors", FakeServices.vendors),
    ("GET", r"/products/([^/]+)", FakeServices.product),
    ("PATCH", r"/products/([^/]+)", FakeServices.patch_product),
    ("DELETE", r"/products/([^/]+)", FakeServices.patch_product),
    ("GET", r"/vendors/([^/]+)/products", FakeServices.vendor_products),
    ("POST", r"/products/([^/]+)/skus", FakeServices.create_sku),
    ("GET", r"/products/([^/]+)/skus", FakeServices.skus_of_product),
    ("GET", r"/products/([^/]+)/skus/([^/]+)", FakeServices.sku),
    ("PATCH", r"/products/([^/]+)/skus/([^/]+)", FakeServices.sku),
    ("DELETE", r"/products/([^/]+)/skus/([^/]+)", FakeServices.sku),
    ("POST", r"/products/([^/]+)/skus/([^/]+)/(restocks|adjustments)", FakeServices.change_stock),
    ("GET", r"/vendors/([^/]+)/inventory", FakeServices.inventory),
    ("GET", r"/vendors/([^/]+)/low-stock", FakeServices.inventory),
    ("POST", r"/stock/batch", FakeServices.batch_stock_changes),
    ("POST", r"/availability", FakeServices.availability),
    ("POST", r"/orders/batch", FakeServices.batch),
    ("PUT", r"/orders/([^/]+)", FakeServices.put_order),
    ("GET", r"/orders/([^/]+)", FakeServices.get_order),
    ("GET", r"/orders", FakeServices.orders_due),
    ("POST", r"/orders/([^/]+)/amend", FakeServices.amend_order),
    ("POST", r"/orders/([^/]+)/reopen", FakeServices.reopen_order),
    ("POST", r"/orders/([^/]+)/(confirm|cancel|refund)", FakeServices.settle_order),
    ("GET", r"/vendors/([^/]+)/transactions", FakeServices.vendor_log),
    ("GET", r"/skus/([^/]+)/transactions", FakeServices.sku_log),
    ("GET", r"/products/([^/]+)/transactions", FakeServices.product_log),
    ("GET", r"/orders/([^/]+)/transactions", FakeServices.order_log),
    ("GET", r"/skus/([^/]+)/verification", FakeServices.verification),
    ("GET", r"/skus/([^/]+)/stock-at", FakeServices.stock_at),
    ("GET", r"/skus/([^/]+)/reservations", FakeServices.reservations),
    ("GET", r"/findings", FakeServices.list_findings),
    ("GET", r"/ledger-keys", FakeServices.ledger_keys),
]
