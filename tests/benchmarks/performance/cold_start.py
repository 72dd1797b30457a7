"""The CPU of a process that begins and answers once, over one that only makes a DynamoDB client."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.performance.stage import ROOT, SERVICES, event_of

__all__ = ["measure", "package"]

BUILD: Final = ROOT / "build" / "benchmarks"
RUNS: Final = 15
CLIENT: Final = "import boto3; boto3.client('dynamodb')"
SERVICE: Final = """
import json, sys
sys.path.insert(0, sys.argv[1])
import app
answer = app.app(json.loads(sys.argv[2]), None)
assert answer["statusCode"] == 200, answer
"""
FIRST: Final = {
    "catalog": ("vendor", "/products/PROD-E4F9A"),
    "stock": ("vendor", "/products/PROD-E4F9A/skus/SKU-PROD-E4F9A-0000000"),
    "audit": ("auditor", "/transactions/TXN-00000042-e29b-41d4-a716-446655440000"),
}
"""The first request with a token, as whom and of what; the first without is for the service's health."""


@cache
def package() -> dict[str, Path]:
    """Build the zips of the services for this machine once, as they are deployed to Lambda."""
    environment = {**os.environ, "ARCHITECTURE": "native", "RUNTIME": "native", "BUILD_FOLDER": str(BUILD)}
    subprocess.run(
        [sys.executable, "-m", "deploy", "package"],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return {service: BUILD / f"{service}.zip" for service in SERVICES}


def measure(
    zips: Mapping[str, Path],
    folder: Path,
    environment: Mapping[str, str],
    peers: Mapping[str, Sequence[str]],
    runs: int = RUNS,
) -> dict[str, Any]:
    """Return the ratios by service, and by peer, whose command answers once.

    Each is a ratio to a client made by the same interpreter in the same turn.
    """
    client = [sys.executable, "-c", CLIENT]
    found: dict[str, Any] = {}
    for service, zipped in zips.items():
        unpacked = folder / service
        with zipfile.ZipFile(zipped) as archive:
            archive.extractall(unpacked)
        role, address = FIRST[service]
        token = json.loads(environment["TOKENS"])[role]
        events = (event_of(service, "GET", "/health", None), event_of(service, "GET", address, token))
        commands = [[sys.executable, "-c", SERVICE, str(unpacked), json.dumps(event)] for event in events]
        without, with_token = ratios(client, commands, environment, runs)
        found[service] = {
            "ratio": without,
            "ratio_with_token": with_token,
            "zip_bytes": zipped.stat().st_size,
        }
    if peers:
        found["peers"] = {}
    for peer, command in peers.items():
        [ratio] = ratios([command[0], "-c", CLIENT], [command], environment, runs)
        found["peers"][peer] = {"ratio": ratio}
    return found


def ratios(
    base: Sequence[str], commands: Sequence[Sequence[str]], environment: Mapping[str, str], runs: int
) -> list[float]:
    """Return how many times the CPU of the base each command takes, all in turns.

    Of each the least of all runs counts: whatever else the machine does only adds to it.
    """
    seconds: list[list[float]] = [[] for _ in (base, *commands)]
    for run in range(runs + 1):
        for times, command in zip(seconds, (base, *commands), strict=True):
            spent = cpu_of(command, environment)
            if run:  # the first one reads from the disk
                times.append(spent)
    floor = min(seconds[0])
    return [min(times) / floor for times in seconds[1:]]


def cpu_of(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """Return the seconds of CPU that a process takes from its beginning to its end.

    Raises
    ------
    RuntimeError
        If it fails.
    """
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[:2]} failed: {process.returncode}")
    return usage.ru_utime + usage.ru_stime
