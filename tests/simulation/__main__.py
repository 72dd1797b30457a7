"""Simulate many seeds, or one for long: `make simulate SEEDS=1-100 STEPS=5000`.

With `--crash-points 2000`, run so many histories of `crash_points` instead, of each of its two kinds.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator

from local.embedded_aws import embedded_aws
from tests.simulation.crash_points import CHANGES, SCENARIOS, run_crash_histories
from tests.simulation.engine import engine_client
from tests.simulation.simulator import SimulationFailed, simulate
from tests.support.small_limits import limits_are_small


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument(
        "--seeds", default="1-20", help="such as 7, 1-20, 3,8,11-14, or time: new ones each time"
    )
    parser.add_argument("--steps", type=int, default=2_000, help="calls of DynamoDB, for each seed")
    parser.add_argument("--trace", action="store_true", help="print every event")
    parser.add_argument(
        "--crash-points", type=int, metavar="N", help="run N histories of crash_points.py instead"
    )
    options = parser.parse_args()
    if options.crash_points:
        began = time.monotonic()
        with embedded_aws() as endpoint_url, limits_are_small():
            client = engine_client(endpoint_url)
            for name, scenarios in (("commands in steps", SCENARIOS), ("amend and reopen", CHANGES)):
                counts = run_crash_histories(client, options.crash_points, scenarios)
                print(f"{name}:")
                for kind, number in counts.items():
                    print(f"{number:10} {kind}")
        print(f"{time.monotonic() - began:.0f} s; none leaves an unfinished order")
        return
    total: Counter[str] = Counter()
    failed: list[int] = []
    steps, began = 0, time.monotonic()
    with embedded_aws() as endpoint_url, limits_are_small():
        client = engine_client(endpoint_url)
        for seed in seeds_of(options.seeds):
            try:
                report = simulate(client, seed, options.steps)
            except SimulationFailed as failure:
                print(failure, flush=True)
                failed.append(seed)
                continue
            if options.trace:
                print("\n".join(report.trace))
            counts = report.counts
            print(
                f"seed {seed}: {report.steps} steps, {counts['commands']} commands, "
                f"{counts['commits']} commits, {counts['saga steps']} saga steps, "
                f"{counts['crashes']} crashes, {counts['interrupted sagas']} interrupted sagas, "
                f"{report.digest}",
                flush=True,
            )
            steps += report.steps
            total += counts
    seconds = time.monotonic() - began
    if not options.trace:
        print(f"{steps} steps in {seconds:.0f} s: {steps / seconds:.0f} a second")
        for kind, count in sorted(total.items()):
            print(f"{count:10} {kind}")
    if failed:
        sys.exit(f"failed: seeds {', '.join(map(str, failed))}")


def seeds_of(text: str) -> Iterator[int]:
    """Read a list of seeds and ranges of seeds."""
    if text == "time":
        first = int(time.time())
        text = f"{first}-{first + 19}"
    for part in text.split(","):
        begin, _, end = part.partition("-")
        yield from range(int(begin), int(end or begin) + 1)


if __name__ == "__main__":
    main()
