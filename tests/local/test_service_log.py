"""A service's log file in the local stack: JSON lines, one for each request, and nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import httpx

from local.children import Child, stop_children
from local.environment import service_environment
from local.fetch import answers_ok
from local.ports import free_port
from local.settings import DEFAULT_PORTS, HOST, Settings
from tests.integration.processes import wait_until

REQUESTS = ("/health", "/nowhere", "/products", "/products?category=N0tForTheLog&cursor=x")


def test_a_request_reaches_the_log_file_once_and_as_bare_json(tmp_path: Path) -> None:
    port = free_port()
    settings = Settings(DEFAULT_PORTS, f"http://{HOST}:{free_port()}")
    log = tmp_path / "catalog.log"
    arguments = ["local.service", "catalog", "--port", str(port)]
    child = Child("catalog", arguments, service_environment(settings, os.environ), log)
    try:
        url = f"http://{HOST}:{port}"
        wait_until(lambda: child.exit_code is None and answers_ok(f"{url}/health"), "catalog healthy")
        with httpx.Client(trust_env=False) as http:
            sent = [http.get(f"{url}{path}").headers["X-Request-Id"] for path in REQUESTS]
        wait_until(lambda: sent[-1] in log.read_text(), "the last line", 10)
    finally:
        stop_children([child])
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert all(line["message"] == "request" for line in lines)
    ids = [line["request_id"] for line in lines]
    assert len(ids) == len(set(ids))
    assert ids[-len(sent) :] == sent
    assert [line["status"] for line in lines[-len(sent) :]] == [200, 404, 422, 400]
    assert "N0tForTheLog" not in log.read_text()
