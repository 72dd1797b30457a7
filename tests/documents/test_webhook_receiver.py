"""The receiver of webhooks in docs/recipes.md, which gets events twice, late and with a wrong secret."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.ports import free_port
from local.settings import HOST
from tests.documents.blocks import blocks_in, read
from tests.integration.processes import wait_until

DOCUMENT = "docs/recipes.md"
SECRET = "a-secret-of-the-receiver-of-the-test"
STOP_SECONDS = 10.0
SKU = "SKU-PROD-E4F9A-L"


def event(
    number: int, event_type: str = "stock.changed", subject: str = "SKU-PROD-E4F9A-L"
) -> dict[str, Any]:
    return {"id": f"{event_type}-{subject}-{number}", "type": event_type, "subject": subject} | {
        "sequence": f"{number:020}",
        "data": {"available_stock": number},
    }


class Receiver:
    """The running receiver, and what it has kept."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self._file = folder / "events.db"

    def answers(self) -> bool:
        try:
            return self.send({}, "wrong") == 401
        except httpx.TransportError:
            return False

    def send(self, document: dict[str, Any], secret: str = SECRET) -> int:
        headers = {"X-Inventory-Secret": secret}
        return httpx.post(self._url, json=document, headers=headers, trust_env=False).status_code

    def kept(self) -> dict[str, tuple[str, int]]:
        """Return the type and number of the newest event by subject."""
        with closing(sqlite3.connect(self._file)) as database:
            rows = database.execute("SELECT subject, event FROM newest").fetchall()
        events = {subject: json.loads(text) for subject, text in rows}
        return {subject: (each["type"], int(each["sequence"])) for subject, each in events.items()}


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    [program] = [block.text for block in blocks_in(read(DOCUMENT)) if block.language == "python"]
    port = free_port()
    environment = os.environ | {"INVENTORY_SECRET": SECRET, "PORT": f"{port}"}
    with (tmp_path / "log").open("wb") as log:
        running = subprocess.Popen(
            [sys.executable, "-c", program], cwd=tmp_path, env=environment, stdout=log, stderr=log
        )
    started = Receiver(f"http://{HOST}:{port}/inventory", tmp_path)
    try:
        wait_until(started.answers, "the receiver")
        yield started
    finally:
        running.kill()
        running.wait(STOP_SECONDS)


def test_the_newest_event_of_each_subject_is_kept(receiver: Receiver) -> None:
    order = event(3, "order.placed", "ORDER-1")
    for each in (event(1), event(3), event(2), event(3, "stock.out"), order):
        assert receiver.send(each) == 204
    assert receiver.kept() == {SKU: ("stock.out", 3), "ORDER-1": ("order.placed", 3)}


def test_an_event_that_comes_twice_is_handled_once(receiver: Receiver) -> None:
    out = event(1, "stock.out")
    assert [receiver.send(each) for each in (event(1), out, event(1))] == [204, 204, 204]
    assert receiver.kept() == {SKU: ("stock.out", 1)}


def test_nothing_is_kept_of_a_sender_without_the_secret(receiver: Receiver) -> None:
    assert receiver.send(event(1), "another") == 401
    assert receiver.kept() == {}
