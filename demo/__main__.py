"""Run the demo against a running local stack: ``python -m demo [--orders 100]``, or ``make demo``.

``--progress-lines`` is for the local front, which shows the progress in a browser.
"""

import argparse
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import replace

import httpx
from rich.console import Console

from demo import shop
from demo.api import Stack
from demo.load import load
from demo.phases import Phases
from demo.progress import ProgressLines, expected_jobs
from demo.readback import read_back
from demo.report import print_report, verdict
from inventory_client import ClientError


def main(
    settings: Mapping[str, str],
    transport: httpx.BaseTransport | None = None,
    *,
    orders_max: int | None = None,
    has_progress_lines: bool = False,
) -> int:
    """Load the shop, read it back, print what was found.

    Parameters
    ----------
    settings
        The base URLs, as `demo.api.Stack` takes them.
    transport
        The transport of requests; the network by default.
    orders_max
        How many of the shop's orders are loaded, from the first one on; by default all.
    has_progress_lines
        Whether standard output has the progress as lines of JSON, and the report goes to standard error.

    Returns
    -------
    int
        The exit code: 0 if all figures agree; 1 if one does not, or after an error; 130 after Ctrl-C.
    """
    console = Console(stderr=has_progress_lines)
    errors = Console(stderr=True, soft_wrap=True)
    facts = shop.read()
    facts = replace(facts, orders=facts.orders[:orders_max])
    lines = ProgressLines(sys.stdout, expected_jobs(facts)) if has_progress_lines else None
    phases = lines or Phases(console)
    started = time.perf_counter()
    try:
        with Stack(settings, transport) as stack:
            loaded = load(stack, facts, phases)
            found = read_back(stack, facts, loaded.listings, phases)
    except ClientError as error:
        errors.print(str(error), style="red", markup=False, highlight=False)
        if lines is not None:
            lines.end(str(error))
        return 1
    except KeyboardInterrupt:
        errors.print("Interrupted. The next run continues where this one ended.", style="yellow")
        return 130
    elapsed_seconds = time.perf_counter() - started
    print_report(console, facts, loaded, found, elapsed_seconds=elapsed_seconds)
    if lines is not None:
        lines.end(verdict(found) if found.mismatches else None)
    return 1 if found.mismatches else 0


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} should be a whole number of at least 1")
    return int(text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m demo", description="Load the demo shop.")
    parser.add_argument("--orders", type=_count, metavar="N", help="load the first N orders (default: all)")
    parser.add_argument("--progress-lines", action="store_true", help="write the progress as lines of JSON")
    arguments = parser.parse_args()
    sys.exit(main(os.environ, orders_max=arguments.orders, has_progress_lines=arguments.progress_lines))
