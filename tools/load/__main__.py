"""``python -m tools.load [--stage dev]``: load a stage, or the local stack, and print what it bears.

It makes a product of its own, lets several clients place, confirm and cancel orders of it for a while, and
compares the stock with what was confirmed; then it deactivates the product.  The load is bounded by the
options.  For a stage, ``LOAD_VENDOR_CLIENT`` and ``LOAD_ORDER_CLIENT`` name two machine clients, each as
``<client_id>:<client_secret>`` (``terraform output -json machine_clients``).

Exit code: 0 if the stock is that of the confirmed orders, 1 if it is not or a command has failed for another
reason than its deadline, 4 if the stage could not be reached.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from deploy.errors import DeployError
from deploy.stage import PROTECTED_STAGE, check_stage, platform_parameter, region_from
from inventory_client import CatalogClient, ClientCredentials, LocalStackToken, StockClient
from inventory_client import ClientError as RequestFailed
from local.errors import StackError
from local.settings import Settings
from tools.load.report import Report
from tools.load.shop import Clients, Shop

EXIT_UNAVAILABLE: Final = 4
"""As in ``local/operation.py``."""
CLIENTS_MAX: Final = 64
SECONDS_MAX: Final = 600
SKUS_MAX: Final = 1_000
RATE_MAX: Final = 1_000
_CONFIG: Final = Config(connect_timeout=5, read_timeout=15, retries={"total_max_attempts": 2})
_VENDOR: Final = "VENDOR-LOAD"


class LoadError(Exception):
    """The load cannot begin; the text says why."""


def _local(environ: Mapping[str, str]) -> tuple[str, Clients]:
    settings = Settings.from_environment(environ)
    front = settings.url("front")
    vendor = LocalStackToken(front, "vendor", _VENDOR)
    orders = LocalStackToken(front, "orders")
    clients = Clients(
        CatalogClient(settings.url("catalog"), vendor),
        StockClient(settings.url("stock"), vendor),
        partial(StockClient, settings.url("stock"), orders),
    )
    return f"local stack, {settings.url('stock')}", clients


def _stage(stage: str, environ: Mapping[str, str]) -> tuple[str, Clients]:
    check_stage(stage)
    if stage == PROTECTED_STAGE:
        raise LoadError(f"{stage} is not loaded: its customers would wait.  Load another stage of its size.")
    parameters = boto3.client("ssm", region_name=region_from(environ), config=_CONFIG)
    catalog, stock, login = (
        platform_parameter(parameters, stage, name)
        for name in ("services/catalog/api_url", "services/stock/api_url", "identity/hosted_login")
    )
    vendor, orders = (
        ClientCredentials(f"{login}/oauth2/token", *_credentials(environ, f"LOAD_{name}_CLIENT"))
        for name in ("VENDOR", "ORDER")
    )
    clients = Clients(
        CatalogClient(catalog, vendor), StockClient(stock, vendor), partial(StockClient, stock, orders)
    )
    return f"stage {stage}, {stock}", clients


def _credentials(environ: Mapping[str, str], name: str) -> tuple[str, str]:
    client_id, separator, secret = environ.get(name, "").partition(":")
    if not (client_id and separator and secret):
        raise LoadError(f"{name} must name a machine client of the stage, as <client_id>:<client_secret>.")
    return client_id, secret


def _bounded(most: int, text: str) -> int:
    number = int(text)
    if not 1 <= number <= most:
        raise argparse.ArgumentTypeError(f"must be 1 to {most}")
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.load")
    parser.add_argument("--stage", default="", help="the stage; the local stack without it")
    for name, default, most, meaning in (
        ("clients", 8, CLIENTS_MAX, "clients that send at once"),
        ("seconds", 30, SECONDS_MAX, "how long"),
        ("skus", 20, SKUS_MAX, "SKUs of the product; 1 is a flash sale"),
        ("rate", 50, RATE_MAX, "orders a second at most, of all clients together"),
    ):
        parser.add_argument(
            f"--{name}", type=partial(_bounded, most), default=default, help=f"{meaning}, at most {most}"
        )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says, and return the exit code."""
    options = _parser().parse_args(arguments)
    report = Report()
    try:
        place, clients = _stage(options.stage, os.environ) if options.stage else _local(os.environ)
        print(f"load: {place}", flush=True)
        shop = Shop(clients, options.skus, report)
        try:
            seconds = shop.load(options.clients, options.seconds, options.rate)
            missing, reserved = shop.sold()
        finally:
            shop.close()
    except (BotoCoreError, ClientError, DeployError, LoadError, RequestFailed, StackError) as error:
        print(f"The load could not be finished: {' '.join(str(error).split())}", file=sys.stderr)
        return EXIT_UNAVAILABLE
    for line in report.lines(seconds):
        print(line)
    confirmed = report.count("confirm")
    # A command without an answer may have been executed all the same.
    uncertain = sum(report.refusals.values())
    is_exact = confirmed <= missing <= confirmed + uncertain
    print(
        f"{missing} units sold, {confirmed} confirmed, {reserved} still reserved: "
        + ("the stock is that of the orders." if is_exact else "the stock is NOT that of the orders.")
    )
    return 0 if is_exact and not report.refusals else 1


if __name__ == "__main__":
    sys.exit(main())
