"""Vendure: whole checkouts of guests, three requests each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from local.ports import free_port
from local.settings import HOST
from tests.benchmarks.peers.driver import Buyer, Placed
from tests.benchmarks.peers.http_json import Connection, RequestError
from tests.benchmarks.peers.node import NodeSystem

__all__ = ["Vendure"]

ADMIN, PASSWORD = "admin", "the-peers-admin"
TOKEN: Final = "vendure-auth-token"
"""The header of a response with the token of a new session."""

LOGIN: Final = """
mutation ($name: String!, $password: String!) {
  login(username: $name, password: $password) { __typename }
}"""
FOUND: Final = """{
  stockLocations { items { id } }
  shippingMethods { items { id } }
  paymentMethods { items { code } }
}"""
PRODUCT: Final = """
mutation ($name: String!) {
  createProduct(input: {
    enabled: true, translations: [{ languageCode: en, name: $name, slug: $name, description: "" }]
  }) { id }
}"""
VARIANT: Final = """
mutation ($product: ID!, $name: String!, $location: ID!, $units: Int!) {
  createProductVariants(input: [{
    productId: $product, sku: $name, price: 100, trackInventory: TRUE,
    translations: [{ languageCode: en, name: $name }],
    stockLevels: [{ stockLocationId: $location, stockOnHand: $units }]
  }]) { id }
}"""
ALLOCATED: Final = "query ($id: ID!) { productVariant(id: $id) { stockLevels { stockAllocated } } }"

ADD: Final = """
mutation ($variant: ID!) {
  added: addItemToOrder(productVariantId: $variant, quantity: 1) {
    __typename ... on ErrorResult { errorCode message }
  }
}"""
ADDRESS: Final = """
mutation ($email: String!, $shipping: [ID!]!) {
  customer: setCustomerForOrder(input: { firstName: "A", lastName: "Guest", emailAddress: $email }) {
    __typename ... on ErrorResult { errorCode message }
  }
  address: setOrderShippingAddress(
    input: { streetLine1: "1 Main Street", city: "Vienna", countryCode: "AT" }
  ) {
    __typename ... on ErrorResult { errorCode message }
  }
  shipping: setOrderShippingMethod(shippingMethodId: $shipping) {
    __typename ... on ErrorResult { errorCode message }
  }
  state: transitionOrderToState(state: "ArrangingPayment") {
    __typename ... on ErrorResult { errorCode message }
    ... on OrderStateTransitionError { transitionError }
  }
}"""
PAY: Final = """
mutation ($method: String!) {
  paid: addPaymentToOrder(input: { method: $method, metadata: {} }) {
    __typename ... on ErrorResult { errorCode message }
    ... on OrderStateTransitionError { transitionError }
    ... on Order { state }
  }
}"""


class Vendure(NodeSystem):
    """One process."""

    title = "Vendure, a whole checkout (3 requests)"
    peer = "vendure"
    package = "@vendure/core"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._url: str
        self._admin: Connection
        self._location: str
        self._shipping: str
        self._payment: str
        self._made = 0

    def start(self) -> Mapping[str, str]:
        versions = self.install()
        port = free_port()
        self._url = f"http://{HOST}:{port}"
        self.serve(
            f"{self._url}/health",
            "server.js",
            ADMIN=ADMIN,
            ADMIN_PASSWORD=PASSWORD,
            DATABASE_URL=self.cluster.create("vendure"),
            PORT=str(port),
            VENDURE_DISABLE_TELEMETRY="true",
        )
        login = Connection(self._url)
        login.expect("POST", "/admin-api", _asked(LOGIN, name=ADMIN, password=PASSWORD))
        self._admin = Connection(self._url, {"Authorization": f"Bearer {login.received[TOKEN]}"})
        self.wait_for(self._is_populated)
        found = self._ask(FOUND)
        self._location = found["stockLocations"]["items"][0]["id"]
        self._shipping = found["shippingMethods"]["items"][0]["id"]
        self._payment = found["paymentMethods"]["items"][0]["code"]
        return versions

    def seed(self, skus: int, units: int) -> Sequence[Any]:
        return [self._variant(units) for _ in range(skus)]

    def connect(self, number: int) -> Buyer:
        return _Buyer(self._url, number, self._shipping, self._payment)

    def reserved(self, sku: Any) -> int:
        levels = self._ask(ALLOCATED, id=sku)["productVariant"]["stockLevels"]
        return sum(level["stockAllocated"] for level in levels)

    def _is_populated(self) -> bool:
        # The payment methods are the last that it makes.
        return bool(self._ask(FOUND)["paymentMethods"]["items"])

    def _variant(self, units: int) -> str:
        self._made += 1
        name = f"peer-{self._made}"
        product = self._ask(PRODUCT, name=name)["createProduct"]["id"]
        made = self._ask(VARIANT, product=product, name=name, location=self._location, units=units)
        return str(made["createProductVariants"][0]["id"])

    def _ask(self, query: str, **variables: Any) -> Any:
        document = self._admin.expect("POST", "/admin-api", _asked(query, **variables))
        if "errors" in document:
            raise RequestError(f"Vendure: {document['errors'][0]['message']}")
        return document["data"]


def _asked(query: str, **variables: Any) -> dict[str, Any]:
    return {"query": query, "variables": variables}


class _Buyer:
    """A guest for each order: each has a session of its own."""

    def __init__(self, url: str, number: int, shipping: str, payment: str) -> None:
        self._connection = Connection(url)
        self._email = f"guest-{number}@example.com"
        self._shipping = shipping
        self._payment = payment

    def place(self, skus: Sequence[Any]) -> Placed:
        [variant] = skus
        session: dict[str, str] = {}
        for query, variables in (
            (ADD, {"variant": variant}),
            (ADDRESS, {"email": self._email, "shipping": [self._shipping]}),
            (PAY, {"method": self._payment}),
        ):
            status, document = self._connection.send("POST", "/shop-api", _asked(query, **variables), session)
            if status != HTTPStatus.OK or "errors" in document:
                return Placed(errors=(f"{status} {document}"[:300],))
            for result in document["data"].values():
                if "errorCode" in result:
                    return _failed(result)
            if not session:
                session = {"Authorization": f"Bearer {self._connection.received[TOKEN]}"}
        state = document["data"]["paid"]["state"]
        return Placed(orders=1) if state == "PaymentAuthorized" else Placed(errors=(f"state {state}",))

    def close(self) -> None:
        self._connection.close()


def _failed(result: Mapping[str, Any]) -> Placed:
    text = f"{result['errorCode']} {result['message']} {result.get('transitionError', '')}".strip()
    return Placed(refused=1) if "insufficient stock" in text else Placed(errors=(text,))
