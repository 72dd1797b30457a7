"""The front over HTTP: its simple page, the console in its place, the key set and the token command."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
import pytest

from local.console.site import CONSOLE_HEADERS
from local.console.status import BUILDING, State, Status, StatusFile, write_status
from local.fetch import fetch
from local.first_steps import browse_command
from local.front import Front
from local.index_page import BEING_BUILT
from local.ports import free_port
from local.settings import DEFAULT_PORTS, HOST, Settings
from tests.local.servers import serving

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class RunningFront:
    url: str
    port: int


@pytest.fixture(scope="module")
def front() -> Iterator[RunningFront]:
    settings = Settings({**DEFAULT_PORTS, "front": free_port()})
    with serving(Front(settings), settings.ports["front"]) as port:
        yield RunningFront(settings.url("front"), port)


@dataclass
class ConsoleFront(RunningFront):
    """A front with a console to come, and the file that says how far it is."""

    file: Path

    def get(self, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=20)
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response, body


@pytest.fixture
def console_front(tmp_path: Path) -> Iterator[ConsoleFront]:
    settings = Settings({**DEFAULT_PORTS, "front": free_port()})
    file = tmp_path / "console.json"
    with serving(Front(settings, console=StatusFile(file)), settings.ports["front"]) as port:
        yield ConsoleFront(settings.url("front"), port, file)


def build(folder: Path, page: str = '<div id="root"></div>') -> str:
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(page)
    (folder / "colour-scheme.js").write_text("document.documentElement.dataset.scheme = 'dark'")
    (folder / "assets" / "index-4f2a.js").write_text("export const texts = [];\n" * 200)
    return str(folder)


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


def test_the_front_says_what_this_place_is(front: RunningFront) -> None:
    status, text = fetch(f"{front.url}/config.json")
    assert (status, json.loads(text)) == (200, {"sign_in": "development", "demo": False})


# The console


def test_without_a_console_its_addresses_are_not_found(front: RunningFront) -> None:
    assert fetch(f"{front.url}/inventory")[0] == 404
    assert "console" not in fetch(f"{front.url}/")[1].replace('class="console"', "").replace(".console", "")


@pytest.mark.parametrize("address", ["/", "/inventory", "/skus/SKU-PROD-1-RED"])
def test_until_the_console_is_built_the_simple_page_says_so_and_comes_again(
    console_front: ConsoleFront, address: str
) -> None:
    response, page = console_front.get(address)
    assert response.status == 200
    assert BEING_BUILT.encode() in page
    assert b'http-equiv="refresh"' in page
    assert b'id="root"' not in page
    assert response.headers["Cache-Control"] == "no-store"


def test_the_simple_page_says_why_there_is_no_console(console_front: ConsoleFront) -> None:
    write_status(console_front.file, Status(State.FAILED, sentence="The disk is full of <crates>."))
    _, page = console_front.get("/")
    assert b"The disk is full of &lt;crates&gt;." in page
    assert b"refresh" not in page


def test_the_console_replaces_the_simple_page_without_a_restart(
    console_front: ConsoleFront, tmp_path: Path
) -> None:
    write_status(console_front.file, BUILDING)
    assert b'id="root"' not in console_front.get("/")[1]
    for number in (1, 2):
        page = f'<div id="root">{number}</div>'
        folder = build(tmp_path / f"build-{number}", page)
        write_status(console_front.file, Status(State.READY, folder))
        assert console_front.get("/")[1] == page.encode()


@pytest.fixture
def built_front(console_front: ConsoleFront, tmp_path: Path) -> ConsoleFront:
    write_status(console_front.file, Status(State.READY, build(tmp_path / "build")))
    return console_front


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/inventory?q=tea",
        "/inventory/",
        "/skus/SKU-PROD-1-A.5",
        "/products",
        "/products/PROD-1",
        "/orders/ORDER%2F1",
        "/verify/SKU-1",
        "/stock-at/SKU-1",
        "/shelf?category=Meat%2FPoultry",
        "/an/address/of/nothing",
    ],
)
def test_every_address_of_the_console_answers_its_page(built_front: ConsoleFront, address: str) -> None:
    response, body = built_front.get(address)
    assert (response.status, body) == (200, b'<div id="root"></div>')
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    assert {name: response.headers[name] for name in CONSOLE_HEADERS} == CONSOLE_HEADERS


def test_assets_stay_in_the_cache_and_other_files_are_asked_for_again(built_front: ConsoleFront) -> None:
    asset, _ = built_front.get("/assets/index-4f2a.js")
    assert asset.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert asset.headers["Content-Type"] == "text/javascript; charset=utf-8"
    # A worker takes the policy of its script.
    assert "'wasm-unsafe-eval'" in asset.headers["Content-Security-Policy"]
    script, _ = built_front.get("/colour-scheme.js")
    assert script.headers["Cache-Control"] == "no-cache"


def test_files_are_compressed_where_that_is_asked_for(built_front: ConsoleFront) -> None:
    plain, body = built_front.get("/assets/index-4f2a.js")
    packed, smaller = built_front.get("/assets/index-4f2a.js", **{"Accept-Encoding": "gzip, br"})
    assert plain.headers["Content-Encoding"] is None
    assert packed.headers["Content-Encoding"] == "gzip"
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert len(smaller) < len(body)
    assert gzip.decompress(smaller) == body


@pytest.mark.parametrize(
    "path",
    [
        "/assets/index-0000.js",
        "/unknown.png",
        "/../console.json",
        "/%2e%2e/console.json",
        "/assets/../../console.json",
        "/assets/..%2f..%2fconsole.json",
        "/assets/..\\..\\console.json",
        "//console.json",
        "/.vite/manifest.json",
        "/token/more",
        "/demo",
        "/linked.json",
    ],
)
def test_nothing_else_of_this_machine_is_served(
    console_front: ConsoleFront, tmp_path: Path, path: str
) -> None:
    folder = build(tmp_path / "build")
    (tmp_path / "build" / ".vite").mkdir()
    (tmp_path / "build" / ".vite" / "manifest.json").touch()
    (tmp_path / "build" / "linked.json").symlink_to(console_front.file)
    write_status(console_front.file, Status(State.READY, folder))
    response, body = console_front.get(path)
    assert (response.status, body) == (404, b"There is nothing here.\n")


def test_a_console_that_was_removed_by_hand_is_not_found(built_front: ConsoleFront, tmp_path: Path) -> None:
    (tmp_path / "build" / "colour-scheme.js").unlink()
    assert built_front.get("/colour-scheme.js")[0].status == 404


def test_a_folder_without_a_console_leaves_the_simple_page(
    console_front: ConsoleFront, tmp_path: Path
) -> None:
    write_status(console_front.file, Status(State.READY, str(tmp_path / "nothing")))
    assert b"running on this machine" in console_front.get("/")[1]


def test_a_status_that_cannot_be_read_counts_as_not_there_yet(console_front: ConsoleFront) -> None:
    console_front.file.write_text('{"state": "rea')
    assert BEING_BUILT.encode() in console_front.get("/")[1]


# The token command


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
