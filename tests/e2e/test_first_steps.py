"""The first steps with the stack: start it, paste the printed commands, fetch tokens."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from typing import Any

import httpx
import pytest

from deploy.smoke import check_service
from local.settings import SERVICES
from tests.e2e.running_stack import RunningStack
from tests.integration.processes import ROOT
from tests.integration.shop import Shop, done, outcome

MAKE_TOKEN = re.compile(r"make -s token ROLE=(\S+)(?: VENDOR=([^\s)]+))?(?: FRONT_PORT=\d+)?")


def pasted(stack: RunningStack, command: str) -> str:
    """Run a printed command in a shell, with the command of `make token` in its place."""
    command = MAKE_TOKEN.sub(rf"{sys.executable} -m local.token --role \1 --vendor \2", command)
    result = subprocess.run(
        ["sh", "-c", command], cwd=ROOT, env=stack.environment, capture_output=True, text=True, timeout=30
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    return result.stdout


def test_all_parts_of_a_ready_stack_are_healthy(stack: RunningStack) -> None:
    for name in ("front", *SERVICES):
        response = httpx.get(f"{stack.url(name)}/health", trust_env=False)
        assert (response.status_code, response.json()["status"]) == (200, "ok")


def test_the_check_after_a_deploy_finds_the_services_working_and_leaves_nothing(
    stack: RunningStack, client: Any
) -> None:
    def everything() -> list[Any]:
        names = sorted(client.list_tables()["TableNames"])
        return [sorted(client.scan(TableName=name)["Items"], key=repr) for name in names]

    before = everything()
    for service in SERVICES:
        check_service(stack.url(service), service)
    assert everything() == before


def test_the_printed_commands_work_when_they_are_pasted(stack: RunningStack) -> None:
    token_command, demo_command = stack.printed_commands("make")
    assert demo_command == "make demo"
    token = pasted(stack, token_command)
    assert token.count("\n") == 1
    claims = token.split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(claims + "=="))["custom:vendor_id"] == "VENDOR-001"

    create, *others = stack.printed_commands("curl")
    product = json.loads(pasted(stack, create))
    assert product["product_id"].startswith("PROD-")
    assert (product["vendor_id"], product["base_price"]) == ("VENDOR-001", 89.99)
    assert others
    for command in others:
        found = json.loads(pasted(stack, command))
        assert product["product_id"] in [item["product_id"] for item in found["items"]]


def test_every_link_of_the_index_page_works(stack: RunningStack) -> None:
    response = httpx.get(stack.url("front"), trust_env=False)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/html")
    links = re.findall(r'<a href="([^"]*)"', response.text)
    assert [httpx.get(link, trust_env=False).status_code for link in links] == [200] * len(links)
    for name in SERVICES:
        assert stack.url(name) in response.text


@pytest.mark.parametrize(
    ("role", "vendor_id"),
    [("vendor", "VENDOR-001"), ("orders", None), ("auditor", None), ("admin", None)],
)
def test_every_service_accepts_the_tokens_of_every_role(shop: Shop, role: str, vendor_id: str | None) -> None:
    # A public route refuses a bad token too; 404 and 403 follow after the token was verified.
    responses = {
        "catalog": shop.ask("GET", f"{shop.catalog}/products/PROD-00000", role, vendor_id),
        "stock": shop.ask("GET", f"{shop.stock}/products/PROD-00000/skus/SKU-PROD-00000-A", role, vendor_id),
        "audit": shop.ask("GET", f"{shop.audit}/skus/SKU-PROD-00000-A/transactions", role, vendor_id),
    }
    assert {name: outcome(response) for name, response in responses.items()} == {
        "catalog": "404 product_not_found",
        "stock": "404 sku_not_found",
        "audit": "403 forbidden" if role == "orders" else "200",
    }


def every_private_route(shop: Shop) -> list[tuple[str, str]]:
    product, sku, order = "PROD-00000", "SKU-PROD-00000-A", "ORDER-1"
    return [
        ("POST", f"{shop.catalog}/products"),
        ("DELETE", f"{shop.catalog}/products/{product}"),
        ("GET", f"{shop.catalog}/vendors/VENDOR-001/products"),
        ("POST", f"{shop.stock}/products/{product}/skus"),
        ("GET", f"{shop.stock}/products/{product}/skus"),
        ("GET", f"{shop.stock}/products/{product}/skus/{sku}"),
        ("POST", f"{shop.stock}/products/{product}/skus/{sku}/restocks"),
        ("GET", f"{shop.stock}/vendors/VENDOR-001/inventory"),
        ("GET", f"{shop.stock}/vendors/VENDOR-001/low-stock"),
        ("PUT", f"{shop.stock}/orders/{order}"),
        ("GET", f"{shop.stock}/orders/{order}"),
        ("POST", f"{shop.stock}/orders/{order}/confirm"),
        ("POST", f"{shop.stock}/orders/{order}/cancel"),
        ("GET", f"{shop.audit}/transactions/TXN-00000000-0000-0000-0000-000000000000"),
        ("GET", f"{shop.audit}/products/{product}/transactions"),
        ("GET", f"{shop.audit}/vendors/VENDOR-001/transactions"),
        ("GET", f"{shop.audit}/skus/{sku}/transactions"),
    ]


def test_invalid_tokens_are_refused(shop: Shop) -> None:
    genuine = shop.wire.token("admin")
    head, claims, signature = genuine.split(".")
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    more = json.loads(base64.urlsafe_b64decode(claims + "=="))
    more["exp"] += 1
    changed = base64.urlsafe_b64encode(json.dumps(more).encode()).decode().rstrip("=")
    bad = [
        None,
        "",
        "Bearer",
        "Basic YWRtaW46YWRtaW4=",
        "Bearer nonsense",
        f"Bearer {head}.{changed}.{signature}",
        f"Bearer {unsigned}.{claims}.",
        f"Bearer {unsigned}.{claims}.{signature}",
        f"Bearer {genuine[:-8]}AAAAAAAA",
    ]
    for method, url in every_private_route(shop):
        for authorization in bad if url.endswith("transactions") else bad[:1]:
            headers = {} if authorization is None else {"Authorization": authorization}
            response = shop.ask(method, url, headers=headers)
            assert (method, url, authorization, outcome(response)) == (
                method,
                url,
                authorization,
                "401 unauthenticated",
            )
            assert response.headers["WWW-Authenticate"] == "Bearer"


def test_roles_are_refused_what_they_may_not_use(shop: Shop) -> None:
    own = shop.has_product("VENDOR-001")
    forbidden = [
        ("vendor", "VENDOR-001", "PUT", f"{shop.stock}/orders/ORDER-1"),
        ("vendor", "VENDOR-001", "POST", f"{shop.stock}/orders/ORDER-1/confirm"),
        ("vendor", "VENDOR-001", "GET", f"{shop.stock}/vendors/VENDOR-002/inventory"),
        ("vendor", "VENDOR-001", "GET", f"{shop.catalog}/vendors/VENDOR-002/products"),
        ("vendor", "VENDOR-001", "GET", f"{shop.audit}/vendors/VENDOR-002/transactions"),
        ("orders", None, "GET", f"{shop.audit}/vendors/VENDOR-001/transactions"),
        ("orders", None, "POST", f"{shop.catalog}/products"),
        ("orders", None, "DELETE", f"{shop.catalog}/products/{own}"),
        ("auditor", None, "DELETE", f"{shop.catalog}/products/{own}"),
        ("auditor", None, "PUT", f"{shop.stock}/orders/ORDER-1"),
        ("auditor", None, "POST", f"{shop.stock}/products/{own}/skus"),
    ]
    for role, vendor_id, method, url in forbidden:
        response = shop.ask(method, url, role, vendor_id)
        assert (role, method, url, outcome(response)) == (role, method, url, "403 forbidden")
    assert done(shop.ask("GET", f"{shop.catalog}/products/{own}")).json()["is_active"] is True
