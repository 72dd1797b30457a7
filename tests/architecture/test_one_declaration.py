"""A fact is declared once: a new attribute and a new transaction type, tried in a copy of the project.

Each test edits the copy in as few places as it takes, and then shows that everything which follows from the
declaration knows it: bodies, stored items, responses, OpenAPI, client, command line, imports, exports, rules,
verification, picture.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).resolve().parents[2]
COPIED = (
    "docs",
    "libs",
    "local",
    "pyproject.toml",
    "services",
    "terraform/platform",
    "tests/support",
    "tools",
)
ATTRIBUTE_EDITS_MAX = 4
TYPE_EDITS_MAX = 6


@dataclass(frozen=True)
class Edit:
    """One place of the project: the text after which something is inserted."""

    path: str
    after: str
    inserted: str

    def apply(self, root: Path) -> None:
        file = root / self.path
        text = file.read_text(encoding="utf-8")
        assert text.count(self.after) == 1, f"{self.path} has {text.count(self.after)} times {self.after!r}"
        file.write_text(text.replace(self.after, self.after + self.inserted), encoding="utf-8")


SKUS = "libs/common/inventory_common/skus.py"
TRANSACTIONS = "libs/common/inventory_common/transactions.py"
SHELF = [
    Edit(
        SKUS,
        "    product_id: ProductId\n    sku: SkuId\n    vendor_id: VendorId\n",
        "    shelf: Annotated[\n"
        '        Name | None, Attribute("Where it lies.", "A-12", changeable=True)\n'
        "    ] = None\n",
    ),
    Edit(SKUS, "    variant_name: str\n", "    shelf: NotRequired[str | None]\n"),
]
WRITE_OFF = [
    Edit(TRANSACTIONS, '    MANUAL_ADJUSTMENT = "manual_adjustment"\n', '    WRITE_OFF = "write_off"\n'),
    Edit(
        TRANSACTIONS,
        '"fix", (Command.ADJUST,), is_signed=True, returns_sku=True\n    ),\n',
        "    TransactionType.WRITE_OFF: TypeRules(\n"
        '        Effect(-1, 0), "out", (Command.ADJUST,), returns_sku=True\n'
        "    ),\n",
    ),
]


@dataclass(frozen=True)
class Copy:
    """A copy of the project, and the interpreter that imports from it."""

    root: Path

    def edit(self, edits: Sequence[Edit]) -> None:
        for edit in edits:
            edit.apply(self.root)

    def run(self, *arguments: str, folder: str = ".") -> str:
        """Run Python on the copy and return what it printed."""
        paths = [".", "libs/common", "libs/client", "libs/imports", "libs/cli"]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(str(self.root / path) for path in paths),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        ended = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root / folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, f"{ended.stdout[-4000:]}\n{ended.stderr[-4000:]}"
        return ended.stdout

    def document(self, service: str) -> dict[str, dict[str, dict[str, object]]]:
        """Return the schemas of a service's OpenAPI document, written from the copy."""
        self.run("-m", "tools.openapi", service)
        text = (self.root / "services" / service / "openapi.json").read_text(encoding="utf-8")
        schemas: dict[str, dict[str, dict[str, object]]] = json.loads(text)["components"]["schemas"]
        return schemas

    def test(self, service: str, text: str) -> None:
        """Run tests of a service that are written into the copy."""
        file = self.root / "services" / service / "tests" / "test_tried.py"
        file.write_text(dedent(text), encoding="utf-8")
        configuration = str(self.root / "pyproject.toml")
        options = ("-q", "-p", "no:cacheprovider", "-c", configuration, "--rootdir", ".")
        printed = self.run("-m", "pytest", *options, f"tests/{file.name}", folder=f"services/{service}")
        assert " passed" in printed, printed


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *COPIED],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():
            target = tmp_path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    return Copy(tmp_path)


def test_an_attribute_of_a_sku_is_declared_in_at_most_four_places(copy: Copy) -> None:
    assert len(SHELF) <= ATTRIBUTE_EDITS_MAX
    copy.edit(SHELF)
    schemas = copy.document("stock")
    for schema in ("NewSku", "SkuPatch", "Sku"):
        assert "shelf" in schemas[schema]["properties"], schema
    copy.test(
        "stock",
        """
        from .shop import BLACK, PRODUCT

        SKU = {"sku": BLACK, "variant_name": "Black", "unit_price": 90, "reorder_threshold": 10}

        def test_it_is_stored_changed_and_removed(shop, product, vendor):
            address = f"/products/{PRODUCT}/skus"
            sku = f"{address}/{BLACK}"
            assert shop.post(address, SKU | {"shelf": "A-12"}, vendor).status == 201
            assert shop.get(sku, vendor).json["shelf"] == "A-12"
            assert shop.send("PATCH", sku, vendor, {"shelf": "B-3"}).json["shelf"] == "B-3"
            assert shop.send("PATCH", sku, vendor, {"shelf": None}).json["shelf"] is None

        def test_its_limit_holds(shop, product, vendor):
            refused = shop.post(f"/products/{PRODUCT}/skus", SKU | {"shelf": ""}, vendor)
            assert refused.json["errors"][0]["path"] == "body.shelf"
        """,
    )
    assert "--shelf" in copy.run("-m", "inventory_cli", "skus", "create", "--help")
    assert "--shelf" in copy.run("-m", "inventory_cli", "skus", "change", "--help")
    copy.run(
        "-c",
        """if True:
        import json
        import httpx
        from inventory_cli.exports import EXPORTS
        from inventory_imports.rows import SKU_ROW
        from inventory_client import StaticToken, StockClient

        assert "shelf" in EXPORTS["skus"].columns, EXPORTS["skus"].columns
        assert "shelf" in SKU_ROW.columns, SKU_ROW.columns
        sent = []
        def answer(request):
            sent.append(json.loads(request.content))
            return httpx.Response(503)
        client = StockClient("http://127.0.0.1", StaticToken("token"), transport=httpx.MockTransport(answer))
        try:
            client.create_sku("PROD-1", "SKU-PROD-1-A", variant_name="A", unit_price=1, reorder_threshold=1,
                              shelf="B-3")
        except Exception:
            pass
        assert sent[0]["shelf"] == "B-3", sent
        """,
    )


def test_a_transaction_type_is_declared_in_at_most_six_places(copy: Copy) -> None:
    assert len(WRITE_OFF) <= TYPE_EDITS_MAX
    copy.edit(WRITE_OFF)
    for service, schema in (("stock", "TransactionRecord"), ("audit", "TransactionRecord")):
        assert "write_off" in json.dumps(copy.document(service)[schema]), service
    copy.test(
        "stock",
        """
        from chalicelib.domain.stock_rules import move_stock
        from inventory_common.ledger import check_record
        from inventory_common.transactions import TransactionType

        from .shop import BLACK, a_context, a_sku

        def differences(record):
            return {each.kind for each in check_record(record, BLACK, 1, None)}

        def test_the_rules_and_the_verification_know_it():
            movement = move_stock(a_sku(current=7), TransactionType.WRITE_OFF, 3, a_context())
            assert (movement.after.current_stock, movement.returns_sku) == (4, True)
            record = movement.record.document()
            assert differences(record) == set()
            assert differences(record | {"stock_after": 5}) == {"stock_after", "hash"}
        """,
    )
    copy.test(
        "audit",
        """
        from chalicelib.domain.timeline import Timeline, draw

        from .ledger import BLACK, a_record

        def test_the_picture_has_a_lane_for_it():
            record = a_record(BLACK, 1, transaction_type="write_off", stock_before=9, stock_after=7)
            assert "1 write off" in draw(Timeline(BLACK, 0, [record], record.timestamp))

        def test_the_list_can_be_filtered_by_it(audit, tokens):
            address = "/vendors/VENDOR-001/transactions?transaction_type="
            assert audit.get(address + "write_off", tokens.vendor()).status == 200
            assert audit.get(address + "write_of", tokens.vendor()).status == 422
        """,
    )


def test_a_place_that_is_not_there_is_noticed(copy: Copy) -> None:
    with pytest.raises(AssertionError, match="0 times"):
        copy.edit([Edit(SKUS, "no such text", "")])
