"""No suite may reach another machine: what is refused, and that every suite refuses it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest
from no_network import OFFLINE, is_here

from tests.suites import command_of, suites
from tests.support.needs import not_here

ROOT = Path(__file__).parents[2]
ELSEWHERE = "192.0.2.1"
"""An address for documentation, which nobody has."""
PROBE = """
import socket

def pytest_sessionfinish():
    print("connections are those of", socket.socket.connect.__module__)
"""


LONELY = f"""
import errno, socket
from tests.support.own_network import leave_network
if leave_network():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    with socket.socket() as client:
        print(errno.errorcode[client.connect_ex(("{ELSEWHERE}", 9))])
"""


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.9.9.9",
        "::1",
        "::ffff:127.0.0.1",
        "0.0.0.0",
        "::",
        "localhost",
        b"localhost",
        "",
        None,
    ],
)
def test_this_machine_may_be_reached(host: object) -> None:
    assert is_here(host)


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "::ffff:10.0.0.1", "fe80::1%eth0", "shop.example", b"shop.example"]
)
def test_another_machine_is_elsewhere(host: object) -> None:
    assert not is_here(host)


def test_a_connection_elsewhere_fails_the_test_even_where_a_server_may_be_away() -> None:
    with pytest.raises(pytest.fail.Exception, match=rf"such as {ELSEWHERE}") as refused:
        HTTPConnection(ELSEWHERE, timeout=1).connect()
    assert not isinstance(refused.value, Exception), "code that expects failures would take it for one"


def test_a_connection_that_reports_its_failure_is_refused_too() -> None:
    with socket.socket() as client, pytest.raises(pytest.fail.Exception, match="another machine"):
        client.connect_ex((ELSEWHERE, 9))


def test_a_name_elsewhere_is_not_looked_up() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"such as shop\.invalid"):
        socket.getaddrinfo("shop.invalid", 443)
    assert socket.getaddrinfo(ELSEWHERE, 443, type=socket.SOCK_STREAM)


def test_pip_and_npm_fetch_nothing() -> None:
    assert {name: os.environ.get(name) for name in OFFLINE} == OFFLINE
    asked = [sys.executable, "-m", "pip", "download", "--no-deps", "of-nobody==0.0.1"]
    done = subprocess.run(asked, capture_output=True, text=True)
    assert done.returncode != 0
    assert "No matching distribution found for of-nobody==0.0.1" in done.stderr
    assert "Retrying" not in done.stderr


@pytest.mark.parametrize(
    "suite",
    [
        "libs/client/tests/test_plain_http.py",
        "services/catalog/tests/test_product_rules.py",
        "tests/mutation/test_mutation_lists.py",
    ],
)
def test_every_kind_of_suite_refuses_it(suite: str, tmp_path: Path) -> None:
    (tmp_path / "probe_of_connections.py").write_text(PROBE, encoding="utf-8")
    folder, command = command_of(suite)
    done = subprocess.run(
        [*command, "--collect-only", "-p", "probe_of_connections"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert "connections are those of no_network" in done.stdout, done.stdout + done.stderr


def test_no_suite_has_settings_that_end_the_search_for_the_conftest_at_the_root() -> None:
    assert (ROOT / "conftest.py").is_file()
    for suite in suites():
        for folder in (ROOT / suite, ROOT / suite / "tests"):
            assert not [name for name in ("pytest.ini", "tox.ini", "setup.cfg") if (folder / name).exists()]


def test_a_network_of_its_own_has_this_machine_alone() -> None:
    done = subprocess.run([sys.executable, "-c", LONELY], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    if not done.stdout:
        pytest.skip("this machine does not let this user make a network namespace")
    assert done.stdout == "ENETUNREACH\n"


def test_the_suites_of_ci_have_a_network_of_their_own() -> None:
    program = (
        "import tests.suites as suites\n"
        "suites.leave_network = lambda: print('left') or True\n"
        "import sys; sys.argv = ['suites', 'tests/mutation']; suites.main()\n"
    )
    for environment, lines in (({"CI": "true"}, ["left", "Without a network."]), ({}, [])):
        kept = {name: value for name, value in os.environ.items() if name != "CI"}
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env=kept | environment, capture_output=True, text=True
        )
        printed = done.stdout.splitlines()
        assert printed[: printed.index("── tests/mutation")] == lines, done.stdout + done.stderr


def test_without_it_in_ci_a_suite_fails_and_elsewhere_it_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no wheels"):
        not_here("no wheels")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="no wheels"):
        not_here("no wheels")
