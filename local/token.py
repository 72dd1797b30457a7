"""``python -m local.token --role vendor --vendor VENDOR-001``: print a token of the local stack."""

from __future__ import annotations

import argparse
import os
import sys
from urllib.parse import urlencode

from local.errors import StackError
from local.fetch import fetch
from local.settings import Settings


def fetch_token(front_url: str, role: str, vendor: str) -> str:
    """Get a token from the front page of the running stack.

    Raises
    ------
    StackError
        If the stack does not run, or refuses the request; the message is one sentence.
    """
    url = f"{front_url}/token?{urlencode({'role': role, 'vendor': vendor})}"
    try:
        status, text = fetch(url)
    except OSError:
        raise StackError(f"The local stack does not run at {front_url}; start it with `make run`.") from None
    if status == 400:
        raise StackError(text.strip())
    if status != 200:
        raise StackError(f"Another program runs at {front_url}, not the local stack; set FRONT_PORT.")
    return text.strip()


def main() -> None:
    """Print the token and nothing else."""
    parser = argparse.ArgumentParser(prog="python -m local.token")
    parser.add_argument("--role", default="", help="vendor, orders, desk, auditor or admin")
    parser.add_argument("--vendor", default="", help="such as VENDOR-001, for role vendor")
    arguments = parser.parse_args()
    try:
        front_url = Settings.from_environment(os.environ).url("front")
        print(fetch_token(front_url, arguments.role, arguments.vendor))
    except StackError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
