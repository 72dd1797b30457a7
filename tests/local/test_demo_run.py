"""The demo shop on request of the console, over HTTP, with a loader that does what a test says."""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.demo_run import LOADER, DemoRun
from local.front import Front
from local.settings import DEFAULT_PORTS, HOST, Settings
from tests.local.running_stacks import is_alive, wait_until
from tests.local.servers import serving

IDLE = {"state": "idle", "done": 0, "total": 0, "step": "", "message": None}


class Demo:
    """A front whose loader waits for files of a folder."""

    def __init__(self, port: int, folder: Path) -> None:
        self._port = port
        self._folder = folder

    def ask(self, method: str, **headers: str) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection(HOST, self._port, timeout=20)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, "/demo", headers=sent)
        response = connection.getresponse()
        document = json.loads(response.read())
        connection.close()
        return response.status, document

    def state(self) -> dict[str, Any]:
        status, document = self.ask("GET")
        assert status == 200
        return document

    def says(self, *lines: str) -> None:
        (self._folder / "lines").write_text("\n".join(lines))

    def ends_with(self, exit_code: int) -> None:
        new = self._folder / "end.new"
        new.write_text(str(exit_code))
        new.replace(self._folder / "end")

    def becomes(self, state: str) -> dict[str, Any]:
        wait_until(lambda: self.state()["state"] == state, state)
        return self.state()

    @property
    def processes(self) -> list[int]:
        return [int(file.name.removeprefix("ran-")) for file in self._folder.glob("ran-*")]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    loader = ("tests.local.small_loader", str(tmp_path))
    run = DemoRun({"PATH": os.environ["PATH"]}, tmp_path / "demo.log", loader)
    with serving(Front(Settings(DEFAULT_PORTS), demo=run)) as port:
        demo = Demo(port, tmp_path)
        demo.says()
        yield demo
    run.stop()
    wait_until(lambda: not any(map(is_alive, demo.processes)), "the loaders end with the front")


def test_the_demo_is_not_loaded_before_somebody_asks_for_it(demo: Demo) -> None:
    assert demo.state() == IDLE
    assert demo.processes == []


def test_the_demo_is_loaded_with_its_progress(demo: Demo) -> None:
    line = '{"step": "Orders, day by day", "done": 120, "total": 900}'
    demo.says('{"step": "Products", "done": 0, "total": 900}', line, "a word between", '{"step": "Ord')
    status, document = demo.ask("POST", Origin=f"http://{HOST}:{demo._port}")
    assert (status, document["state"]) == (202, "loading")
    wait_until(lambda: demo.state()["done"] == 120, "the progress")
    assert demo.state() == json.loads(line) | {"state": "loading", "message": None}
    demo.ends_with(0)
    assert demo.becomes("loaded")["message"] is None


def test_only_one_loader_runs_at_a_time(demo: Demo) -> None:
    assert demo.ask("POST")[0] == 202
    status, problem = demo.ask("POST")
    assert (status, problem["status"], problem["code"]) == (409, 409, "demo_is_loading")
    wait_until(lambda: demo.processes, "the loader")
    assert len(demo.processes) == 1
    demo.ends_with(0)
    demo.becomes("loaded")
    assert demo.ask("POST")[0] == 202


@pytest.mark.parametrize(
    ("last", "message"),
    [
        ('{"step": "Orders", "done": 1, "total": 9, "message": "No server answers."}', "No server answers."),
        ("Traceback …", "The loader has ended with exit code 3."),
    ],
)
def test_a_loader_that_fails_says_why_and_can_be_started_again(demo: Demo, last: str, message: str) -> None:
    demo.says(last)
    demo.ends_with(3)
    demo.ask("POST")
    assert demo.becomes("failed")["message"] == message
    demo.says('{"step": "Orders", "done": 9, "total": 9}')
    demo.ends_with(0)
    assert demo.ask("POST")[0] == 202
    assert demo.becomes("loaded") == {
        "state": "loaded",
        "step": "Orders",
        "done": 9,
        "total": 9,
        "message": None,
    }


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://shop.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"},
        {"Host": "shop.example"},
    ],
)
def test_no_page_of_another_origin_loads_the_demo(demo: Demo, headers: dict[str, str]) -> None:
    status, problem = demo.ask("POST", **headers)
    assert (status, problem["code"]) == (403, "forbidden")
    assert demo.state() == IDLE


def test_a_loader_that_cannot_start_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    run = DemoRun({}, tmp_path / "file" / "demo.log")
    with serving(Front(Settings(DEFAULT_PORTS), demo=run)) as port:
        status, problem = Demo(port, tmp_path).ask("POST")
    assert (status, problem["code"]) == (500, "internal_error")


def test_the_loader_is_that_of_the_demo() -> None:
    assert LOADER[0] == "demo"
