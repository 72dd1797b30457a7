"""The three services as the demo sees them: tiny clients over httpx.

::

    ApiError                 one sentence for the person at the terminal
    ├── NoAnswer             the request got no answer: nobody listens, or the connection broke
    └── Problem              an answer other than the documented ones, e.g. a problem document

Every request here may be repeated without harm, which is why any of them is sent again when the
answer says `Retry-After`.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, Self, TypeVar

import httpx

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Document = TypeVar("Document", bound=DataclassInstance)

T = TypeVar("T")

DEFAULT_PORTS: Final = {"FRONT": 8000, "CATALOG": 8001, "STOCK": 8002, "AUDIT": 8003}


def default_urls(settings: Mapping[str, str]) -> dict[str, str]:
    """Return where the local stack is, by the ports that its own settings name (``FRONT_PORT`` and so on)."""
    ports = {name: settings.get(f"{name}_PORT", default) for name, default in DEFAULT_PORTS.items()}
    return {f"{name}_URL": f"http://127.0.0.1:{port}" for name, port in ports.items()}


PAGE_ITEMS: Final = 100
REQUEST_ATTEMPTS: Final = 5
RETRY_MAX_SECONDS: Final = 5.0
TIMEOUT_SECONDS: Final = 30.0
TRY_AGAIN_STATUSES: Final = (409, 429, 503)
"""With a `Retry-After`: 409 while another command of the same order runs, 429 and 503 when busy."""


# What the services answer, as far as the demo reads it


@dataclass(frozen=True)
class Product:
    """A product of the catalog service."""

    product_id: str
    product_name: str
    is_active: bool
    created_at: str


@dataclass(frozen=True)
class Sku:
    """A SKU of the stock service; figures in units, `sequence` counts the records of its log."""

    product_id: str
    sku: str
    vendor_id: str
    current_stock: int
    reserved_stock: int
    available_stock: int
    reorder_threshold: int
    sequence: int


@dataclass(frozen=True)
class OrderLine:
    """A line of an order, in units."""

    product_id: str
    sku: str
    placed: int
    reserved: int
    confirmed: int


@dataclass(frozen=True)
class Order:
    """An order of the stock service."""

    order_id: str
    status: str
    lines: tuple[OrderLine, ...]

    @property
    def placed(self) -> int:
        """Units placed."""
        return sum(line.placed for line in self.lines)

    @property
    def reserved(self) -> int:
        """Units that the order still holds."""
        return sum(line.reserved for line in self.lines)

    @property
    def confirmed(self) -> int:
        """Units that left the stock."""
        return sum(line.confirmed for line in self.lines)


@dataclass(frozen=True)
class Record:
    """A record of the audit service's log; quantities in units."""

    sku: str
    sequence: int
    transaction_type: str
    quantity: int
    quantity_change: int
    order_id: str | None


@dataclass(frozen=True)
class ShortLine:
    """An order line that the stock could not fill, in units."""

    product_id: str
    sku: str
    asked: int
    available: int


class Outcome(NamedTuple, Generic[T]):
    """What a command left behind; not `is_new` if an earlier request had done it already."""

    result: T
    is_new: bool


# What can go wrong


class ApiError(Exception):
    """The demo cannot go on; the message says why in one sentence."""


class NoAnswer(ApiError):
    """A request got no answer."""


class Problem(ApiError):
    """A service answered something else than was asked for.

    Parameters
    ----------
    response
        The answer.
    detail
        What is wrong with it; by default what the answer itself says.

    Attributes
    ----------
    status
        The HTTP status.
    code
        The problem's stable name, or an empty string if the answer is no problem document.
    """

    def __init__(self, response: httpx.Response, detail: str | None = None) -> None:
        self.response = response
        self.status = response.status_code
        document = _problem_document(response)
        self.code = str(document.get("code", ""))
        name = f" ({self.code})" if self.code else ""
        told = detail or _told(document) or response.text[:200] or "no further detail"
        request = response.request
        super().__init__(f"{request.method} {request.url} answered {self.status}{name}: {told}")

    def short_lines(self) -> list[ShortLine]:
        """Return the lines that an `insufficient_stock` names."""
        return _decode(self.response, lambda body: [_pick(ShortLine, line) for line in body["lines"]])


# The clients


class Tokens:
    """Tokens from the local stack's development issuer, asked for once per role and vendor."""

    def __init__(self, wire: "Wire") -> None:
        self._wire = wire
        self._tokens: dict[tuple[str, str | None], str] = {}
        self._lock = Lock()

    def get(self, role: str, vendor_id: str | None = None) -> str:
        """Return a token for `role`; the role vendor needs a `vendor_id`."""
        with self._lock:
            if (role, vendor_id) not in self._tokens:
                params = {"role": role} | ({"vendor": vendor_id} if vendor_id else {})
                response = self._wire.send("GET", "/token", params=params)
                self._tokens[role, vendor_id] = response.text.strip()
            return self._tokens[role, vendor_id]


class Catalog:
    """The catalog service, called as the vendor whose products are meant."""

    def __init__(self, wire: "Wire", tokens: Tokens) -> None:
        self._wire = wire
        self._tokens = tokens

    def products(self, vendor_id: str) -> Iterator[Product]:
        """Yield all products of a vendor, inactive ones too."""
        token = self._tokens.get("vendor", vendor_id)
        return self._wire.pages(f"/vendors/{vendor_id}/products", token, Product)

    def create_product(
        self, vendor_id: str, *, name: str, category: str, base_price: Decimal, key: str
    ) -> Outcome[Product]:
        """Create a product; `key` is the Idempotency-Key."""
        response = self._wire.send(
            "POST",
            "/products",
            token=self._tokens.get("vendor", vendor_id),
            body={"product_name": name, "category": category, "base_price": _number(base_price)},
            key=key,
        )
        return _outcome(response, lambda body: _pick(Product, body))

    def deactivate_product(self, vendor_id: str, product_id: str) -> None:
        """Deactivate a product; it stays readable, and a repetition changes nothing."""
        token = self._tokens.get("vendor", vendor_id)
        self._wire.send("DELETE", f"/products/{product_id}", token=token)


class Stock:
    """The stock service: SKUs as their vendor, orders as the order system."""

    def __init__(self, wire: "Wire", tokens: Tokens) -> None:
        self._wire = wire
        self._tokens = tokens

    def find_sku(self, vendor_id: str, product_id: str, sku: str) -> Sku | None:
        """Return the SKU as it stands, or None if there is none."""
        token = self._tokens.get("vendor", vendor_id)
        try:
            response = self._wire.send("GET", f"/products/{product_id}/skus/{sku}", token=token)
        except Problem as problem:
            if problem.status == 404:
                return None
            raise
        return _decode(response, lambda body: _pick(Sku, body))

    def create_sku(
        self,
        vendor_id: str,
        product_id: str,
        *,
        sku: str,
        variant_name: str,
        unit_price: Decimal,
        reorder_threshold: int,
    ) -> Outcome[Sku]:
        """Create a SKU without stock, unless there is one of this id."""
        try:
            response = self._wire.send(
                "POST",
                f"/products/{product_id}/skus",
                token=self._tokens.get("vendor", vendor_id),
                body={
                    "sku": sku,
                    "variant_name": variant_name,
                    "unit_price": _number(unit_price),
                    "reorder_threshold": reorder_threshold,
                },
            )
        except Problem as problem:
            if problem.code != "sku_exists":
                raise
            existing = self.find_sku(vendor_id, product_id, sku)
            if existing is None:
                raise
            return Outcome(existing, is_new=False)
        return _outcome(response, lambda body: _pick(Sku, body))

    def restock(
        self, vendor_id: str, product_id: str, sku: str, *, quantity: int, notes: str, key: str
    ) -> Outcome[Sku]:
        """Add units to a SKU's stock; `key` is the Idempotency-Key."""
        response = self._wire.send(
            "POST",
            f"/products/{product_id}/skus/{sku}/restocks",
            token=self._tokens.get("vendor", vendor_id),
            body={"quantity": quantity, "notes": notes},
            key=key,
        )
        return _outcome(response, lambda body: _pick(Sku, body["sku"]))

    def place(
        self, order_id: str, lines: Sequence[Mapping[str, str | int]], *, hold_seconds: int
    ) -> Outcome[Order]:
        """Reserve the lines ``{product_id, sku, quantity}`` of an order, all of them or none."""
        response = self._wire.send(
            "PUT",
            f"/orders/{order_id}",
            token=self._tokens.get("orders"),
            body={"lines": list(lines), "hold_seconds": hold_seconds},
        )
        return _outcome(response, _order)

    def confirm(self, order_id: str) -> Order:
        """Settle all that an order holds: its units leave the stock."""
        response = self._wire.send("POST", f"/orders/{order_id}/confirm", token=self._tokens.get("orders"))
        return _decode(response, _order)

    def order(self, order_id: str) -> Order:
        """Return an order as it stands."""
        response = self._wire.send("GET", f"/orders/{order_id}", token=self._tokens.get("orders"))
        return _decode(response, _order)

    def inventory(self, vendor_id: str) -> Iterator[Sku]:
        """Yield all SKUs of a vendor."""
        token = self._tokens.get("vendor", vendor_id)
        return self._wire.pages(f"/vendors/{vendor_id}/inventory", token, Sku)

    def low_stock(self, vendor_id: str) -> Iterator[Sku]:
        """Yield a vendor's SKUs at or below their reorder threshold."""
        token = self._tokens.get("vendor", vendor_id)
        return self._wire.pages(f"/vendors/{vendor_id}/low-stock", token, Sku)


class Audit:
    """The audit service, called as an auditor."""

    def __init__(self, wire: "Wire", tokens: Tokens) -> None:
        self._wire = wire
        self._tokens = tokens

    def records(self, vendor_id: str) -> Iterator[Record]:
        """Yield the whole log of a vendor's SKUs."""
        token = self._tokens.get("auditor")
        return self._wire.pages(f"/vendors/{vendor_id}/transactions", token, Record)


class Stack:
    """The three services of a running stack.

    Parameters
    ----------
    settings
        Where they are: `CATALOG_URL`, `STOCK_URL`, `AUDIT_URL`, and `FRONT_URL` for tokens; what
        is missing is on this machine, where `make run` puts it.
    transport
        How requests travel; over the network unless a test says otherwise.
    sleep
        How to wait for `Retry-After` seconds.
    """

    def __init__(
        self,
        settings: Mapping[str, str],
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        wires = {
            name: Wire(settings.get(name) or default, transport, sleep)
            for name, default in default_urls(settings).items()
        }
        self._wires = wires.values()
        tokens = Tokens(wires["FRONT_URL"])
        self.catalog = Catalog(wires["CATALOG_URL"], tokens)
        self.stock = Stock(wires["STOCK_URL"], tokens)
        self.audit = Audit(wires["AUDIT_URL"], tokens)

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
        for wire in self._wires:
            wire.close()


class Wire:
    """Requests to one base URL over connections that are kept; safe to share between threads."""

    def __init__(
        self,
        base_url: str,
        transport: httpx.BaseTransport | None,
        sleep: Callable[[float], object],
    ) -> None:
        # trust_env: a proxy that the environment names must not stand before a stack on 127.0.0.1.
        try:
            self._http = httpx.Client(
                base_url=base_url, transport=transport, timeout=TIMEOUT_SECONDS, trust_env=False
            )
        except httpx.InvalidURL as error:
            raise NoAnswer(f"{base_url} is no URL: {error}") from error
        self._sleep = sleep

    def send(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        params: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> httpx.Response:
        """Send a request and return its successful answer.

        Raises
        ------
        NoAnswer
            Nobody listens, or the connection broke.
        Problem
            The answer is no 2xx.
        """
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if key:
            headers["Idempotency-Key"] = key
        request = self._http.build_request(method, path, params=params, json=body, headers=headers)
        for attempt in range(1, REQUEST_ATTEMPTS + 1):
            response = self._answer(request)
            if response.is_success:
                return response
            wait_seconds = _wait_seconds(response)
            if wait_seconds is None or attempt == REQUEST_ATTEMPTS:
                break
            self._sleep(wait_seconds)
        raise Problem(response)

    def pages(self, path: str, token: str, item: "type[Document]") -> "Iterator[Document]":
        """Yield the items of a list, page after page; a page may be empty and yet not the last."""
        params: dict[str, str | int] = {"limit": PAGE_ITEMS}
        while True:
            response = self.send("GET", path, token=token, params=params)
            items, next_cursor = _decode(response, lambda body: (_items(item, body), body["next_cursor"]))
            yield from items
            if next_cursor is None:
                return
            params["cursor"] = next_cursor

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _answer(self, request: httpx.Request) -> httpx.Response:
        try:
            return self._http.send(request)
        except httpx.ConnectError as error:
            raise NoAnswer(
                f"Nothing answers at {self._http.base_url}: start the local stack with `make run` "
                "in another terminal, then try again."
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            told = str(error) or type(error).__name__
            raise NoAnswer(f"{request.method} {request.url} got no answer: {told}.") from error


def _wait_seconds(response: httpx.Response) -> float | None:
    """Return how long to wait before the same request may succeed, or None if it will not."""
    told = response.headers.get("Retry-After")
    if response.status_code not in TRY_AGAIN_STATUSES or told is None:
        return None
    return min(float(told), RETRY_MAX_SECONDS) if told.isdigit() else RETRY_MAX_SECONDS


def _outcome(response: httpx.Response, decode: Callable[[Any], T]) -> Outcome[T]:
    replayed = response.headers.get("Idempotent-Replayed", "").lower() == "true"
    return Outcome(_decode(response, decode), is_new=not replayed)


def _decode(response: httpx.Response, decode: Callable[[Any], T]) -> T:
    try:
        return decode(response.json())
    except (ValueError, KeyError, TypeError) as error:
        raise Problem(response, f"not the documented answer ({error!r})") from error


def _pick(kind: "type[Document]", body: Mapping[str, Any]) -> "Document":
    return kind(**{field.name: body[field.name] for field in fields(kind)})


def _items(kind: "type[Document]", body: Mapping[str, Any]) -> "list[Document]":
    return [_pick(kind, item) for item in body["items"]]


def _order(body: Mapping[str, Any]) -> Order:
    lines = tuple(_pick(OrderLine, line) for line in body["lines"])
    return Order(order_id=body["order_id"], status=body["status"], lines=lines)


def _number(money: Decimal) -> float:
    # Two decimals survive: a float's JSON is the shortest text that reads back as the same float.
    return float(money)


def _problem_document(response: httpx.Response) -> dict[str, Any]:
    try:
        document = response.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _told(document: Mapping[str, Any]) -> str:
    return str(document.get("detail") or document.get("title") or "")
