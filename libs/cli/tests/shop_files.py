"""Files of a shop, and what the command line reads and writes beside them."""

from __future__ import annotations

import csv
import io
import json

VENDOR = "VENDOR-001"


class Terminal(io.StringIO):
    """Standard input of a person who types this."""

    def isatty(self):
        return True


def products_csv(tmp_path, *rows, name="products.csv"):
    header = "external_id,product_name,category,base_price,tags,is_active"
    file = tmp_path / name
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return file


def rejects(file, kind):
    path = file.with_name(f"{file.stem}.{kind}-rejects{file.suffix}")
    with path.open(encoding="utf-8", newline="") as opened:
        return [(int(row["_line"]), row["_reason"]) for row in csv.DictReader(opened)]


def orders_csv(tmp_path, *rows, header="order_id,sku,quantity,status"):
    file = tmp_path / "orders.csv"
    file.write_text("\n".join([header, *rows]) + "\n")
    return file


def stock_csv(tmp_path, *rows, header="sku,quantity,counted_stock,reference,notes", name="goods-in.csv"):
    file = tmp_path / name
    file.write_text("\n".join([header, *rows]) + "\n")
    return file


def latest_import(inventory, capsys):
    """Return the last import that `import list` shows."""
    capsys.readouterr()
    assert inventory("import", "list", "--json") == 0
    return json.loads(capsys.readouterr().out.splitlines()[0])
