"""Responses of a service, prepared in order."""

from __future__ import annotations

from typing import Any

import httpx

from inventory_client import Retries

BASE_URL = "http://127.0.0.1:9"


class Script:
    """A transport that returns prepared responses, one per request, and then repeats the last one."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.pauses: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.requests.append(
            httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        )
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    def client(self, kind: Any, *, tokens: Any = None, **retries: Any) -> Any:
        """Make a client that records its pauses instead of waiting."""
        return kind(
            BASE_URL,
            tokens,
            retries=Retries(**({"jitter": lambda: 1.0} | retries)),
            transport=httpx.MockTransport(self),
            sleep=self.pauses.append,
        )


def problem(status: int, code: str, headers: dict[str, str] | None = None, **members: Any) -> httpx.Response:
    document = {"status": status, "code": code, "title": "Refused", "detail": "No.", "request_id": "r-1"}
    kind = {"Content-Type": "application/problem+json"}
    return httpx.Response(status, json=document | members, headers=kind | (headers or {}))


PRODUCT: dict[str, Any] = {
    "product_id": "PROD-E4F9A",
    "vendor_id": "VENDOR-001",
    "product_name": "Tea",
    "category": "Grains/Cereals",
    "base_price": 89.99,
    "is_active": True,
    "created_at": "2026-02-23T10:30:00.000000Z",
    "updated_at": "2026-02-23T10:30:00.000000Z",
    "version": 3,
    "external_id": None,
}
SKU_ID = "SKU-PROD-E4F9A-BLK-L"
SKU: dict[str, Any] = {
    "product_id": "PROD-E4F9A",
    "sku": SKU_ID,
    "vendor_id": "VENDOR-001",
    "variant_name": "Black - Large",
    "variant_attributes": {"color": "Black"},
    "current_stock": 50,
    "reserved_stock": 5,
    "available_stock": 45,
    "reorder_threshold": 10,
    "unit_price": 89.99,
    "last_updated": "2026-02-23T10:30:00.000000Z",
    "last_updated_by": "VENDOR-001",
    "is_active": True,
    "sequence": 2,
    "ledger_hash": "0" * 64,
    "version": 4,
    "product_is_active": True,
    "product_version": 1,
    "low_stock_flag": False,
}
ORDER: dict[str, Any] = {
    "order_id": "ORDER-1",
    "status": "reserved",
    "created_at": "2026-02-23T10:30:00.000000Z",
    "expires_at": "2026-02-24T10:30:00.000000Z",
    "cancel_reason": None,
    "lines": [
        {
            "product_id": "PROD-E4F9A",
            "sku": SKU_ID,
            "vendor_id": "VENDOR-001",
            "placed": 5,
            "reserved": 3,
            "confirmed": 2,
            "cancelled": 0,
            "refunded": 0,
            "reason": None,
            "notes": None,
        }
    ],
}
RECORD: dict[str, Any] = {
    "transaction_id": "TXN-f800d123-e8ca-5b09-9fd2-b62be8cb0122",
    "timestamp": "2026-02-23T10:30:00.000000Z",
    "product_id": "PROD-E4F9A",
    "sku": SKU_ID,
    "vendor_id": "VENDOR-001",
    "transaction_type": "restock",
    "quantity_change": 12,
    "stock_before": 0,
    "stock_after": 12,
    "order_id": None,
    "performed_by": "VENDOR-001",
    "notes": None,
    "sequence": 1,
    "quantity": 12,
    "reserved_before": 0,
    "reserved_after": 0,
    "request_id": "r-1",
    "form": 1,
    "command": "restock",
    "reason": None,
    "order_step": None,
    "order_previous": None,
    "previous_hash": "0" * 64,
    "hash": "1" * 64,
    "signature": "A" * 86,
    "key_id": "test-1",
}
