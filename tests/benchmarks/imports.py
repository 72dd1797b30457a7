"""What each import adds to a cold start, over a process that only makes a DynamoDB client.

Run: ``python tests/benchmarks/imports.py [RUNS]``.  CPU time, the median of several processes; the ratio
is to the bare client in the same process.
"""

from __future__ import annotations

import subprocess
import sys
from statistics import median

CLIENT = "import boto3; boto3.client('dynamodb', region_name='ap-south-1')"
ADDED = {
    "chalice": "import chalice.app",
    "inventory_common.rest": "import inventory_common.rest",
    "pydantic, with one model": "import pydantic\nclass M(pydantic.BaseModel):\n a: int",
    "PyJWT, with cryptography": "import jwt",
    "simplejson": "import simplejson",
    "rfc8785": "import rfc8785",
}


def cpu_milliseconds(statements: str) -> float:
    """Run statements after the client in a fresh process; return what they alone took, and the client."""
    program = (
        "import time\n"
        f"{CLIENT}\n"
        "before = time.process_time()\n"
        f"{statements}\n"
        "print((time.process_time() - before) * 1000, before * 1000)"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    added, client = map(float, printed.stdout.split())
    return added / client


def main(runs: int) -> None:
    """Print one line for each import."""
    for name, statements in ADDED.items():
        ratios = [cpu_milliseconds(statements) for _ in range(runs)]
        print(f"{name:30} +{median(ratios):.0%} of the bare client's start")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
