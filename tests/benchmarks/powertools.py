"""What utilities of Powertools for AWS Lambda would add to a cold start and to a service's zip.

Run: ``python tests/benchmarks/powertools.py [RUNS]``.  Installs Powertools into a temporary folder.  Printed
per utility: the CPU time of its import after what every service imports, as a ratio to that of importing
boto3 and creating a client (median of RUNS processes), and the compressed bytecode of the Powertools modules
that it loads.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from statistics import median

POWERTOOLS = "aws-lambda-powertools==3.37.0"
CLIENT = "import boto3; boto3.client('dynamodb', region_name='ap-south-1')"
SERVICE = "import inventory_common.rest, inventory_common.streams"
UTILITIES = {
    "Logger": "from aws_lambda_powertools import Logger; Logger(service='stock')",
    "Metrics": "from aws_lambda_powertools import Metrics; Metrics(namespace='Inventory')",
    "Batch processor": (
        "from aws_lambda_powertools.utilities.batch import BatchProcessor, process_partial_response"
    ),
    "Idempotency": (
        "from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, idempotent"
    ),
    "Parameters": "from aws_lambda_powertools.utilities import parameters",
}
PROGRAM = """
import json, marshal, sys, time, zlib
{client}
client = time.process_time()
{service}
before = time.process_time()
{utility}
added = time.process_time() - before
size = 0
for name, module in list(sys.modules.items()):
    if name.startswith("aws_lambda_powertools") and getattr(module, "__file__", None):
        code = module.__loader__.get_code(name)
        size += len(zlib.compress(marshal.dumps(code), 9))
print(json.dumps([added / client, size]))
"""


def measure(folder: str, utility: str) -> tuple[float, int]:
    """Return what one process measured: added CPU time as a ratio to the client's, and compressed bytes."""
    program = PROGRAM.format(client=CLIENT, service=SERVICE, utility=utility)
    printed = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": folder},
    )
    ratio, size = json.loads(printed.stdout)
    return ratio, size


def main(runs: int) -> None:
    """Print one line per utility."""
    with tempfile.TemporaryDirectory() as folder:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, POWERTOOLS]
        subprocess.run(install, check=True)
        for name, utility in UTILITIES.items():
            measured = [measure(folder, utility) for _ in range(runs)]
            ratio = median(ratio for ratio, _ in measured)
            print(f"{name:16} cold start +{ratio:.0%} of the client's, zip +{measured[0][1] / 1000:.0f} kB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
