"""schemathesis against running services.

It sends what each service's document allows and what it forbids: no response may deviate from the document,
no forbidden request be accepted, no allowed one refused, and no route work without its token.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from inventory_common.products import Product
from inventory_common.schema import PRODUCTS

__all__ = ["CONFIGURATION", "ROOT", "fuzz", "store_examples", "token_of"]

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = ROOT / "tests" / "fuzz" / "schemathesis.toml"
PATHS = (ROOT, ROOT / "libs" / "common")


def store_examples(client: Any) -> None:
    """Store the product of the documents' examples: no request can choose a product's id."""
    moment = "2026-02-23T10:30:00.000000Z"
    product = Product(
        product_id="PROD-E4F9A",
        vendor_id="VENDOR-001",
        product_name="Wireless Bluetooth Headphones",
        category="Electronics",
        base_price=90,
        is_active=True,
        created_at=moment,
        updated_at=moment,
        version=1,
    )
    client.put_item(TableName=PRODUCTS.name, Item=product.to_item())


def token_of(front_url: str) -> str:
    """Return an admin's token, so that no request is refused because of a role."""
    response = httpx.get(f"{front_url}/token", params={"role": "admin"}, trust_env=False)
    return response.raise_for_status().text.strip()


def fuzz(
    document: Path, url: str, token: str, seconds: int, folder: Path, *options: str
) -> subprocess.CompletedProcess[str]:
    """Fuzz a service for about so many seconds; the exit code is not 0 if something deviates.

    Standard output says what, and the seed; `folder` is for the files of schemathesis.
    """
    arguments = ["--config-file", str(CONFIGURATION), "run", str(document), "--url", url]
    arguments += ["--max-time", str(seconds), "--checks", "all", "--no-color", *options]
    # Deleted products and SKUs are only deactivated.
    arguments += ["--exclude-checks", "use_after_free"]
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    environment |= {"API_TOKEN": token, "PYTHONPATH": os.pathsep.join(map(str, PATHS))}
    program = "import sys; from schemathesis.cli import schemathesis; sys.exit(schemathesis())"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
    )
