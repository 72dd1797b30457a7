"""What the measured services stand on: an engine with the tables, tokens and their keys."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[3]
for place in (ROOT / "libs" / "common", ROOT / "tests" / "support"):
    sys.path.insert(0, str(place))

import boto3  # noqa: E402
from front_door import ROLES, Client, Tokens, published, settings_with  # noqa: E402

from local.tables import create_tables  # noqa: E402
from tests.benchmarks.performance import shape  # noqa: E402
from tests.support.stored_ledger_key import ledger_key_environment  # noqa: E402

__all__ = ["ROOT", "SERVICES", "Client", "client_of", "do", "event_of", "fill", "player", "settings"]

SERVICES: Final = ("catalog", "stock", "audit")
JOB_SECONDS: Final = 3_600


def client_of(endpoint_url: str) -> Any:
    """Return a bare client of an engine."""
    return boto3.client(
        "dynamodb",
        endpoint_url=endpoint_url,
        region_name="ap-south-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


def fill(endpoint_url: str, size: int) -> None:
    """Make the tables, each with so many items of the same shape.

    The first of each are written first: in every call of a table with a stream, DynamoDB Local goes through
    the records of all streams as far as the table's own first one.
    """
    client = client_of(endpoint_url)
    create_tables(client)
    shape.keep(client, "VendorInventory", [shape.the_bound()])
    for count in (1, size):
        shape.keep(client, "Products-table", shape.products(count))
        shape.keep(client, "VendorInventory", shape.skus(count))
        shape.keep(client, "StockTransactions", shape.records(count))


@contextmanager
def settings() -> Iterator[dict[str, str]]:
    """Serve the keys of tokens for the block, and yield a service's settings, tokens by role among them."""
    tokens = Tokens()
    with published(tokens.jwks()) as jwks_url:
        yield {
            **settings_with(jwks_url),
            **ledger_key_environment(),
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "PATH": os.environ["PATH"],
            "TOKENS": json.dumps({role: tokens.of_role(role) for role in ROLES}),
        }


def event_of(service: str, method: str, address: str, token: str | None) -> dict[str, Any]:
    """Return a request to a service as API Gateway hands it over, by the routes of its document."""
    document = json.loads((ROOT / "services" / service / "openapi.json").read_text(encoding="utf-8"))
    door = Client(SimpleNamespace(routes=[*document["paths"], "/health"]))
    return door.event(method, address, {} if token is None else {"Authorization": f"Bearer {token}"}, None)


def do(job: str, service: str, endpoint_url: str, environment: Mapping[str, str]) -> Any:
    """Let a service's own process do a job of `probe` on an engine; return what it found."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.performance.probe", job, service, str(result)],
            cwd=ROOT,
            env={**environment, "AWS_ENDPOINT_URL_DYNAMODB": endpoint_url},
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=JOB_SECONDS,
        )
        return json.loads(result.read_text(encoding="utf-8"))


@contextmanager
def player(answers: Mapping[str, Mapping[str, str]], playing: str | None = None) -> Iterator[str]:
    """Play recorded answers for the block, of one operation from the beginning, and yield the address."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(answers, file)
        file.flush()
        command = [sys.executable, "-m", "tests.benchmarks.performance.player", file.name]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            if playing is not None:
                with urllib.request.urlopen(f"{address}/play/{playing}"):
                    pass
            yield address
        finally:
            process.terminate()
            process.wait()
