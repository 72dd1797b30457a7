"""``python -m tests.fuzz --seconds 600``: start the product and fuzz each service for so long."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from local.settings import SERVICES
from tests.e2e.running_stack import RunningStack
from tests.fuzz.fuzzing import ROOT, fuzz, store_examples, token_of
from tests.integration.processes import dynamodb


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seconds", type=int, default=600, help="for each service")
    parser.add_argument("options", nargs="*", help="arguments of schemathesis, e.g. --seed=1")
    arguments = parser.parse_args()
    deviating = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        stack = RunningStack(folder)
        try:
            stack.wait_until_ready()
            store_examples(dynamodb(stack.url("aws")))
            for service in SERVICES:
                print(f"── {service}", flush=True)
                document = ROOT / "services" / service / "openapi.json"
                token = token_of(stack.url("front"))
                result = fuzz(
                    document, stack.url(service), token, arguments.seconds, folder, *arguments.options
                )
                print(result.stdout, result.stderr)
                if result.returncode:
                    deviating.append(service)
        finally:
            stack.kill_if_running()
    if deviating:
        print(f"deviates from its document: {', '.join(deviating)}")
    return bool(deviating)


if __name__ == "__main__":
    sys.exit(main())
