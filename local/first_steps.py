"""The first commands to try, with addresses, for the terminal and the index page."""

from __future__ import annotations

from pathlib import Path

from local.settings import DEFAULT_PORTS, SERVICES, Settings


def token_command(settings: Settings) -> str:
    """Return the command that prints a vendor's token."""
    command = "make -s token ROLE=vendor VENDOR=VENDOR-001"
    port = settings.ports["front"]
    return command if port == DEFAULT_PORTS["front"] else f"{command} FRONT_PORT={port}"


def create_product_command(settings: Settings) -> str:
    """Return a curl call that creates a product."""
    return (
        f"curl -s -X POST {settings.url('catalog')}/products"
        f' -H "Authorization: Bearer $({token_command(settings)})"'
        " -H 'Content-Type: application/json'"
        ' -d \'{"product_name": "Wireless Bluetooth Headphones",'
        ' "category": "Electronics", "base_price": 89.99}\''
    )


def browse_command(settings: Settings) -> str:
    """Return a curl call that finds the product again, without a token."""
    # In quotes: for zsh, a bare question mark is a file name pattern.
    return f"curl -s '{settings.url('catalog')}/products?category=Electronics'"


def ready_message(settings: Settings, logs_folder: Path) -> str:
    """Return the text that is printed when everything runs."""
    front = "console" if settings.has_console else "index page"
    addresses_of = [(front, settings.url("front"))]
    addresses_of += [(name, settings.url(name)) for name in SERVICES]
    addresses_of += [("DynamoDB", settings.dynamodb_endpoint)]
    here = Path.cwd()
    logs = logs_folder.relative_to(here) if logs_folder.is_relative_to(here) else logs_folder
    end = "" if settings.keep is None else f" and saves the shop in {settings.keep}"
    addresses = "\n".join(f"  {name:<12}{url}" for name, url in addresses_of)
    return f"""
Ready.

{addresses}

A token of 12 hours (roles: vendor, orders, desk, auditor, admin):
  {token_command(settings)}

Create a product:
  {create_product_command(settings)}

Browse its category:
  {browse_command(settings)}

A whole shop, from another terminal:
  make demo

Products, stock, orders and imports on the command line (docs/command-line.md):
  .venv/bin/inventory --help

Logs are in {logs}. Ctrl-C stops everything{end}."""
