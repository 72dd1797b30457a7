"""Each service starts alone, beside the running stack, by the command in its README:
services/catalog/README.md, services/stock/README.md, services/audit/README.md.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from local.fetch import answers_ok
from local.ports import free_port
from local.settings import DEFAULT_PORTS, HOST, SERVICES
from tests.documents.blocks import commands_in, read
from tests.e2e.running_stack import STOP_SECONDS, RunningStack
from tests.integration.processes import ROOT, wait_until
from tests.integration.shop import Shop

LIST_OF = {"catalog": "products", "stock": "inventory", "audit": "transactions"}
"""A list of each service that verifies a token and reads a table."""


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_starts_by_the_command_in_its_readme(
    stack: RunningStack, shop: Shop, tmp_path: Path, service: str
) -> None:
    [command] = [
        block.text
        for block in commands_in(read(f"services/{service}/README.md"))
        if f"-m local.service {service} --port " in block.text
    ]
    command, _, documented_port = command.strip().rpartition(" ")
    assert int(documented_port) not in DEFAULT_PORTS.values()
    for name, port in DEFAULT_PORTS.items():
        command = command.replace(f"http://{HOST}:{port}", stack.url(name))
    port = free_port()
    running = subprocess.Popen(
        ["sh", "-c", f"exec env {command.replace('.venv/bin/python', sys.executable)} {port}"],
        cwd=ROOT,
        env={"PATH": stack.environment["PATH"], "HOME": str(tmp_path)},
        stdout=subprocess.DEVNULL,
    )

    def healthy() -> bool:
        assert running.poll() is None, "it has ended"
        return answers_ok(f"http://{HOST}:{port}/health")

    try:
        wait_until(healthy, f"{service} answers")
        listed = shop.ask("GET", f"http://{HOST}:{port}/vendors/VENDOR-NOBODY/{LIST_OF[service]}", "auditor")
        assert listed.json()["items"] == []
    finally:
        running.terminate()
        running.wait(STOP_SECONDS)
