"""The way into a service as clients have it: real tokens, and events as API Gateway makes them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from documented import document_in
from jwt.algorithms import RSAAlgorithm

from local.routes import RouteTable

ISSUER = "https://issuer.example"
AUDIENCE = "shop"
MACHINE = "order-system"
VENDOR_MACHINE = "warehouse"
ROLES = ("vendor", "orders", "desk", "auditor", "admin")
ORDER_OWNERS = {"web-1": ["web"], "web-2": ["web"], "till": ["till", "default"], "erp": ["*"]}
"""The owners of order systems; `MACHINE` has none of its own, which is the owner default."""
STAGE = "prod"
LEDGER_KEY_SECRET = "inventory-prod-ledger-key"
LEDGER_KEYS_PATH = "/inventory/prod/ledger-keys/"


class Tokens:
    """Signs tokens with a key of its own; `jwks` verifies them."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def jwks(self) -> dict[str, Any]:
        key = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [key | {"kid": "one", "use": "sig", "alg": "RS256"}]}

    def sign(self, **claims: Any) -> str:
        standard = {"iss": ISSUER, "exp": int(time.time()) + 3600}
        return jwt.encode(standard | claims, self._key, algorithm="RS256", headers={"kid": "one"})

    def person(self, name: str, *groups: str, **claims: Any) -> str:
        return self.sign(
            sub=name, aud=AUDIENCE, token_use="id", **({"cognito:groups": list(groups)} | claims)
        )

    def machine(self, client_id: str, scope: str, **claims: Any) -> str:
        return self.sign(sub=client_id, client_id=client_id, token_use="access", scope=scope, **claims)

    def vendor(self, vendor_id: str = "VENDOR-001") -> str:
        return self.person("vera", "vendor", **{"custom:vendor_id": vendor_id})

    def order_system(self, client_id: str) -> str:
        return self.machine(client_id, "inventory/orders")

    def desk(self) -> str:
        """A person of the order desk."""
        return self.person("dora", "orders")

    def of_role(self, role: str) -> str:
        match role:
            case "vendor":
                return self.vendor()
            case "desk":
                return self.desk()
            case "orders":
                return self.machine(MACHINE, "inventory/orders")
            case _:
                return self.person(f"{role}-1", role)


def settings_with(jwks_url: str) -> dict[str, str]:
    """Return a service's settings, all but its AWS: the keys at this address verify its tokens."""
    return {
        "JWKS_URL": jwks_url,
        "TOKEN_ISSUER": ISSUER,
        "TOKEN_AUDIENCES": AUDIENCE,
        "MACHINE_CLIENT_IDS": ",".join((MACHINE, VENDOR_MACHINE, *ORDER_OWNERS)),
        "ORDER_OWNERS": json.dumps(ORDER_OWNERS),
        "ARCHIVE_BUCKET": "archive",
        "ARCHIVE_SIGNING_KEY": "alias/archive",
        "LEDGER_KEY_SECRET": LEDGER_KEY_SECRET,
        "LEDGER_KEYS_PATH": LEDGER_KEYS_PATH,
        "AWS_DEFAULT_REGION": "ap-south-1",
    }


@contextmanager
def published(jwks: Mapping[str, Any]) -> Iterator[str]:
    """Serve a key set on a free port of this machine, and give its address."""
    document = json.dumps(jwks).encode()

    class KeySet(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(document)

        def log_message(self, *_: Any) -> None:
            """Say nothing: test output is for failures."""

    server = HTTPServer(("127.0.0.1", 0), KeySet)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/jwks.json"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text, parse_float=Decimal)

    @property
    def code(self) -> str:
        """The stable name of a problem."""
        assert self.headers["Content-Type"] == "application/problem+json", self
        document = self.json
        assert document["status"] == self.status
        assert document["request_id"] == self.headers["X-Request-Id"]
        assert {"type", "title", "detail"} <= document.keys()
        return str(document["code"])


class Client:
    """Sends requests to an application as API Gateway would.

    Every answer of a service that has a document is held against it, unless `holds_damage`: what somebody has
    written by hand may have a form that no document describes.  `may_fail` lets it answer 500.
    """

    def __init__(self, app: Any, *, may_fail: bool = False, holds_damage: bool = False) -> None:
        self._app = app
        self._may_fail = may_fail
        self._routes = RouteTable(app.routes)
        api = getattr(app, "declared_api", None)
        self._document = None if api is None or holds_damage else document_in(api.folder)

    def get(self, address: str, token: str | None = None, **headers: str) -> Answer:
        return self.send("GET", address, token, **headers)

    def put(self, address: str, body: Any, token: str | None = None, **headers: str) -> Answer:
        return self.send("PUT", address, token, body, **headers)

    def post(self, address: str, body: Any = None, token: str | None = None, **headers: str) -> Answer:
        return self.send("POST", address, token, body, **headers)

    def delete(self, address: str, token: str | None = None, **headers: str) -> Answer:
        return self.send("DELETE", address, token, **headers)

    def send(
        self, method: str, address: str, token: str | None = None, body: Any = None, **headers: str
    ) -> Answer:
        """Send a request; `body` is JSON, or text as it is; ``idempotency_key=…`` is a header."""
        sent = {name.replace("_", "-").title(): value for name, value in headers.items()}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        event = self.event(method, address, sent, body if body is None or type(body) is str else write(body))
        answered = self._app(event, None)
        # Lambda encodes what it is given: text that has no UTF-8 would be lost here.
        json.dumps(answered, ensure_ascii=False).encode()
        answer = Answer(answered["statusCode"], answered["headers"], answered["body"])
        assert answer.status != 500 or self._may_fail, answer
        assert answer.headers["X-Content-Type-Options"] == "nosniff", answer
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"], answer
        if self._document is not None:
            route = event["requestContext"]["resourcePath"]
            self._document.hold_against(method, route, answer.status, answer.headers, answer.text)
        return answer

    def walk(self, address: str, token: str | None = None) -> list[list[dict[str, Any]]]:
        """Follow ``Link`` from page to page, and return the pages."""
        pages = []
        next_address: str | None = address
        while next_address:
            answer = self.get(next_address, token)
            assert answer.status == 200, answer
            pages.append(answer.json["items"])
            link = answer.headers.get("Link")
            assert (link is None) == (answer.json["next_cursor"] is None)
            next_address = link and link.removeprefix(f"</{STAGE}").removesuffix('>; rel="next"')
            assert len(pages) < 100
        return pages

    def event(self, method: str, address: str, headers: dict[str, str], body: str | None) -> dict[str, Any]:
        """Return a request as API Gateway hands it to the function."""
        target = urlsplit(address)
        match = self._routes.match(target.path)
        query = parse_qs(target.query, keep_blank_values=True)
        return {
            "path": target.path,
            "httpMethod": method,
            "headers": headers,
            "multiValueQueryStringParameters": query or None,
            "pathParameters": match.parameters,
            "requestContext": {
                "resourcePath": match.resource,
                "httpMethod": method,
                "path": f"/{STAGE}{target.path}",
            },
            "body": body,
            "isBase64Encoded": False,
        }


def write(body: Any) -> str:
    """Write JSON as it stands, Decimals as numbers."""
    return json.dumps(body, default=_number, ensure_ascii=False)


def _number(value: Any) -> Any:
    assert isinstance(value, Decimal)
    return float(value)
