"""The index page, the key set and the token command, over HTTP."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
import pytest

from local.fetch import fetch
from local.first_steps import browse_command
from local.front import Front
from local.ports import free_port
from local.server import make_server
from local.settings import DEFAULT_PORTS, Settings
from tests.local.servers import stop

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class RunningFront:
    url: str
    port: int


@pytest.fixture(scope="module")
def front() -> Iterator[RunningFront]:
    settings = Settings({**DEFAULT_PORTS, "front": free_port()})
    server = make_server(Front(settings), settings.ports["front"])
    thread = threading.Thread(target=server.run)
    thread.start()
    yield RunningFront(settings.url("front"), settings.ports["front"])
    stop(server, thread)


def token_command(port: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    proxies = {"http_proxy": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    return subprocess.run(
        [sys.executable, "-m", "local.token", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "FRONT_PORT": str(port), **proxies},
        capture_output=True,
        text=True,
        timeout=60,
    )


def claims_of(front: RunningFront, token: str) -> dict[str, Any]:
    keys = jwt.PyJWKSet.from_dict(json.loads(fetch(f"{front.url}/.well-known/jwks.json")[1]))
    key = keys[jwt.get_unverified_header(token)["kid"]]
    options: Any = {"verify_aud": False}
    return jwt.decode(token, key, algorithms=["RS256"], issuer=front.url, options=options)


def test_the_index_page_shows_every_service_and_the_first_commands(front: RunningFront) -> None:
    status, page = fetch(f"{front.url}/")
    assert status == 200
    # tests/e2e follows every link.
    assert re.findall(r'<a href="([^"]*)"', page) == [
        f"http://127.0.0.1:{port}/health" for port in (8001, 8002, 8003)
    ]
    assert f"make -s token ROLE=vendor VENDOR=VENDOR-001 FRONT_PORT={front.port}" in page
    assert browse_command(Settings(DEFAULT_PORTS)).replace("'", "&#x27;") in page
    assert "http://" not in page.replace("http://127.0.0.1", "")


def test_the_front_page_is_healthy(front: RunningFront) -> None:
    assert fetch(f"{front.url}/health") == (200, '{"status": "ok"}')


def test_a_token_from_the_front_page_verifies_against_its_key_set(front: RunningFront) -> None:
    status, text = fetch(f"{front.url}/token?role=vendor&vendor=VENDOR-001")
    assert status == 200
    assert text.endswith("\n")
    assert claims_of(front, text.strip())["custom:vendor_id"] == "VENDOR-001"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("role=king", "Unknown role 'king'; roles are vendor, orders, desk, auditor, admin.\n"),
        ("", "Unknown role ''; roles are vendor, orders, desk, auditor, admin.\n"),
        ("role=vendor", "Role vendor needs a vendor id, such as VENDOR-001.\n"),
    ],
)
def test_a_wrong_token_request_is_refused_in_one_sentence(
    front: RunningFront, query: str, sentence: str
) -> None:
    assert fetch(f"{front.url}/token?{query}") == (400, sentence)


def test_everything_else_is_not_found(front: RunningFront) -> None:
    assert fetch(f"{front.url}/products")[0] == 404


def test_the_token_command_prints_the_token_and_nothing_else(front: RunningFront) -> None:
    result = token_command(front.port, "--role", "vendor", "--vendor", "VENDOR-7")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.count("\n") == 1
    assert claims_of(front, result.stdout.strip())["custom:vendor_id"] == "VENDOR-7"


def test_an_empty_vendor_counts_as_none(front: RunningFront) -> None:
    result = token_command(front.port, "--role", "admin", "--vendor", "")
    assert claims_of(front, result.stdout.strip())["cognito:groups"] == ["admin"]


@pytest.mark.parametrize("arguments", [("--role", "king"), ()])
def test_the_token_command_prints_the_reason_of_a_refusal(
    front: RunningFront, arguments: tuple[str, ...]
) -> None:
    result = token_command(front.port, *arguments)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("Unknown role ")
    assert result.stderr.count("\n") == 1


def test_the_token_command_says_how_to_start_the_stack() -> None:
    port = free_port()
    result = token_command(port, "--role", "admin")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        f"The local stack does not run at http://127.0.0.1:{port}; start it with `make run`.\n"
    )


def test_the_token_command_recognises_another_server(aws_endpoint: str) -> None:
    result = token_command(int(aws_endpoint.rpartition(":")[2]), "--role", "admin")
    assert (result.returncode, result.stdout) == (1, "")
    assert "not the local stack" in result.stderr
