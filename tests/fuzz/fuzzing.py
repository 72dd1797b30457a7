"""schemathesis against running services, each for a while.

It is given every service's document and tries what the document allows and what it forbids: no answer may be
outside the document, nothing forbidden accepted, nothing allowed refused, no route without its token.
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

__all__ = ["CONFIGURATION", "ROOT", "furnish", "fuzz"]

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = ROOT / "tests" / "fuzz" / "schemathesis.toml"
PATHS = (ROOT, ROOT / "libs" / "common")


def furnish(client: Any) -> None:
    """Store the product that the documents' examples are about: no request can choose a product's id."""
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
    """Return a token of who may everything, so that nothing is refused for want of a role."""
    answer = httpx.get(f"{front_url}/token", params={"role": "admin"}, trust_env=False)
    return answer.raise_for_status().text.strip()


def fuzz(
    document: Path, url: str, token: str, seconds: int, folder: Path, *further: str
) -> subprocess.CompletedProcess[str]:
    """Try a service for about so many seconds; its exit code is not 0 if something deviates.

    Standard output tells what, and the seed; `folder` is for what schemathesis keeps.
    """
    arguments = ["--config-file", str(CONFIGURATION), "run", str(document), "--url", url]
    arguments += ["--max-time", str(seconds), "--checks", "all", "--no-color", *further]
    # A product and a SKU that were deleted are only taken out of the shop.
    arguments += ["--exclude-checks", "use_after_free"]
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    kept |= {"API_TOKEN": token, "PYTHONPATH": os.pathsep.join(map(str, PATHS))}
    program = "import sys; from schemathesis.cli import schemathesis; sys.exit(schemathesis())"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], env=kept, cwd=folder, capture_output=True, text=True
    )
