"""From ``make run`` to ready, step by step, beside a process that only makes a DynamoDB client.

Run: ``python -m tests.benchmarks.start_up``.  Times are wall clock, as a developer waits; each is a multiple
of that process's, whose interpreter, imports and disk are the same.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from local.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
RUNS = 5
CLIENT = "import boto3; boto3.client('dynamodb', region_name='ap-south-1')"
PORTS = ("FRONT_PORT", "CATALOG_PORT", "STOCK_PORT", "AUDIT_PORT", "AWS_PORT")


def seconds_of_a_client() -> float:
    """Return how long a process takes that makes a client."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", CLIENT], check=True)
    return time.perf_counter() - began


def steps_of_a_start() -> dict[str, float]:
    """Return how long each step takes, by the line that the stack prints when it begins."""
    ports = {name: str(free_port()) for name in PORTS}
    with tempfile.TemporaryDirectory() as state:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "local", "--state-folder", state],
            cwd=ROOT,
            env={**os.environ, **ports, "CONSOLE": "0"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        steps: dict[str, float] = {}
        step = "the supervisor itself"
        for line in process.stdout:
            now = time.perf_counter()
            steps[step] = now - began
            began, step = now, " ".join(line.split()[:3])
            if not line.rstrip().endswith("…"):  # it is ready, and says what to do next
                break
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        process.wait()
    return steps


def main() -> None:
    """Print the steps."""
    client = median(seconds_of_a_client() for _ in range(RUNS))
    starts = [steps_of_a_start() for _ in range(RUNS)]
    for step in starts[0]:
        print(f"{step:32} {median(start[step] for start in starts) / client:5.2f}")
    print(f"{'from command to ready':32} {median(sum(start.values()) for start in starts) / client:5.2f}")


if __name__ == "__main__":
    main()
