"""How long a kept shop's snapshots pause its writes, and how long it takes to save and to continue.

Run: ``python -m tests.benchmarks.kept_shop [PRODUCTS]``.  It starts a stack of its own that is kept, makes a
vendor with as many products, of one SKU each, restocks some, and prints what the stack says of its snapshots
meanwhile and then, and the seconds of a stop and of the next start.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import signal
import statistics
import tempfile
import time
from pathlib import Path

from inventory_cli.profiles import Session, load_profile
from tests.benchmarks.export_pages import make_shop
from tests.integration.processes import Process, distinct_free_ports, wait_until
from tests.support.stack_environment import stack_environment

SNAPSHOT_SECONDS = 5
QUIET_SNAPSHOTS = 5
WAIT_SECONDS = 300.0


class Run(Process):
    """A run of the stack that is kept in a folder."""

    def __init__(self, folder: Path, ports: dict[str, int]) -> None:
        environment = stack_environment()
        environment |= {f"{name.upper()}_PORT": str(port) for name, port in ports.items()}
        environment |= {"KEEP": str(folder / "shop"), "SNAPSHOT_SECONDS": str(SNAPSHOT_SECONDS)}
        arguments = ["local", "--state-folder", str(folder / "state")]
        super().__init__(arguments, environment, folder / "terminal")
        wait_until(lambda: "Ready." in self.text(), "stack ready", WAIT_SECONDS)

    @property
    def pauses(self) -> list[int]:
        """The pauses so far, in milliseconds."""
        return [int(each) for each in re.findall(r"paused for (\d+) ms", self.text())]

    def end(self) -> None:
        self.popen.send_signal(signal.SIGINT)
        self.popen.wait(WAIT_SECONDS)
        self.close()


def print_pauses(what: str, pauses: list[int]) -> None:
    """Print median and longest of some pauses."""
    print(f"{what:27} median {statistics.median(pauses):.0f} ms, longest {max(pauses)} ms")


def main() -> None:
    """Print the pauses and the seconds."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.kept_shop")
    parser.add_argument("products", type=int, nargs="?", default=10_000)
    count = parser.parse_args().products
    ports = distinct_free_ports()
    variables = {f"{name.upper()}_PORT": str(port) for name, port in ports.items()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run = Run(folder, ports)
        vendor_id = f"VENDOR-{secrets.token_hex(6).upper()}"
        with Session(load_profile({**os.environ, **variables})) as session:
            make_shop(session, vendor_id, count)
            under_load = run.pauses
            wait_until(lambda: len(run.pauses) > len(under_load), "a snapshot", WAIT_SECONDS)
            quiet: list[int] = []
            while len(quiet) < QUIET_SNAPSHOTS:
                before = len(run.pauses)
                make_shop(session, vendor_id, 1)
                wait_until(lambda: len(run.pauses) > before, "a snapshot", WAIT_SECONDS)  # noqa: B023
                quiet = run.pauses[len(under_load) + 1 :]
        began = time.monotonic()
        run.end()
        stopped = time.monotonic() - began
        print(
            *[line for line in run.text().splitlines() if re.match("Snapshot|A snapshot|The shop", line)],
            sep="\n",
        )
        began = time.monotonic()
        again = Run(folder, ports)
        started = time.monotonic() - began
        again.end()
    if under_load:
        print_pauses("pauses while it is filled", under_load)
    print_pauses("pauses of the quiet shop", quiet)
    print(f"stop {stopped:.1f} s, next start {started:.1f} s")


if __name__ == "__main__":
    main()
