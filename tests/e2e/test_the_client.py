"""The client against the running stack: the example of its document, renewed tokens, problems by name."""

from __future__ import annotations

import re

import pytest

from inventory_client import AuditClient, CatalogClient, LocalStackToken, StockClient, problems
from tests.e2e.running_stack import RunningStack
from tests.integration.processes import ROOT


def test_the_example_of_its_document_runs(stack: RunningStack, capsys: pytest.CaptureFixture[str]) -> None:
    [example] = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "client.md").read_text(), flags=re.DOTALL)
    for port, name in ((8000, "front"), (8001, "catalog"), (8002, "stock"), (8003, "audit")):
        example = example.replace(f"http://127.0.0.1:{port}", stack.url(name))
    exec(compile(example, "docs/client.md", "exec"), {})
    assert capsys.readouterr().out == "12\n1 restock 12\n"


def test_an_expired_token_is_renewed(stack: RunningStack) -> None:
    class Stale(LocalStackToken):
        def get(self, refused: str | None = None) -> str:
            return "of.another.day" if refused is None else super().get(refused)

    with AuditClient(stack.url("audit"), Stale(stack.url("front"), "auditor")) as audit:
        assert list(audit.records_of_vendor("VENDOR-NOBODY")) == []


def test_refusals_have_their_names(stack: RunningStack) -> None:
    vendor = LocalStackToken(stack.url("front"), "vendor", "VENDOR-001")
    catalog = CatalogClient(stack.url("catalog"), vendor)
    stock = StockClient(stack.url("stock"), vendor)
    with catalog, stock:
        with pytest.raises(problems.ProductNotFound):
            catalog.product("PROD-00000")
        with pytest.raises(problems.InvalidInput) as wrong:
            catalog.create_product(product_name="", category="x", base_price=-1)
        assert {fault.path for fault in wrong.value.errors} == {"body.product_name", "body.base_price"}
        with pytest.raises(problems.OrderNotFound):
            stock.order("ORDER-1")
        with pytest.raises(problems.Forbidden):
            stock.confirm("ORDER-1")
        with pytest.raises(problems.SkuNotFound):
            stock.restock("PROD-00000", "SKU-PROD-00000-A", 1)
        assert catalog.health()
        assert stock.health()
