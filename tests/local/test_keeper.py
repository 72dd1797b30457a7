"""When snapshots are taken and what is said, with scripted processes."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from local.children import Child
from local.control import NoReply
from local.errors import StackError
from local.interruption import Interrupted
from local.keeping.folder import EVERYTHING, MANIFEST, KeptFolder, manifest_of
from local.keeping.keeper import LONGEST_PAUSE_SECONDS, PAUSE_SECONDS, Keeper

MOMENT = datetime(2026, 2, 23, 10, 30, tzinfo=UTC)
FULL = "[Errno 28] No space left on device"


@dataclass
class Process:
    """A process whose replies are scripted."""

    log: list[str]
    name: str
    replies: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = field(default_factory=dict)

    def ask(
        self, command: str, check: Callable[[], None], *, seconds: float | None = None, **arguments: Any
    ) -> dict[str, Any]:
        check()
        self.log.append(f"{self.name} {command}")
        return self.replies[command](arguments) if command in self.replies else {}

    def send(self, command: str, **arguments: Any) -> int:
        self.log.append(f"{self.name} {command}")
        self.sent = command, arguments
        return 1

    def wait(self, wanted: int, check: Callable[[], None], *, seconds: float | None = None) -> dict[str, Any]:
        check()
        command, arguments = self.sent
        return self.replies[command](arguments)


class Setting:
    """A keeper with its folder, the processes that it commands, and what it says."""

    def __init__(self, folder: Path, *, streams_are_kept: bool = False) -> None:
        self.log: list[str] = []
        self.said: list[str] = []
        self.changes = 1
        self.backlog = 0
        self.pauses: list[float] = []
        self.disk_is_full = False
        self.interruption: Exception | None = None
        self.folder = KeptFolder(folder, EVERYTHING)
        self.aws = Process(
            self.log,
            "aws",
            {
                "changes": lambda _: {"changes": self.changes},
                "pause": self._pause,
                "resume": lambda _: {"paused_seconds": 0.0123},
                "save": self._save,
                "saved": lambda _: (
                    {"error": "[Errno 28] No space left on device"} if self.disk_is_full else {}
                ),
            },
        )
        self.consumers = [Process(self.log, name, {"hold": self._hold}) for name in ("stock", "audit")]
        self.keeper = Keeper(
            self.folder,
            _child(self.aws),
            [_child(each) for each in self.consumers],
            0.0,
            streams_are_kept=streams_are_kept,
            check=self._check,
            say=self.said.append,
        )

    def _check(self) -> None:
        if self.interruption is not None:
            raise self.interruption

    def _pause(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self.pauses.append(arguments["for_seconds"])
        return {"paused": True}

    def _hold(self, arguments: dict[str, Any]) -> dict[str, Any]:
        was_at_end = not self.backlog
        self.backlog = max(0, self.backlog - 1)
        return {"is_at_end": True, "was_at_end": was_at_end}

    def _save(self, arguments: dict[str, Any]) -> dict[str, Any]:
        folder = Path(arguments["folder"])
        manifest = manifest_of(MOMENT, {}, {"items": {"VendorInventory": 1_204}, "objects": 310})
        (folder / MANIFEST).write_text(json.dumps(manifest))
        return {"changes": self.changes}

    @property
    def names(self) -> list[str]:
        return sorted(each.name.partition("-")[0] for each in self.folder.path.iterdir())


def _child(process: Process) -> Child:
    return cast("Child", SimpleNamespace(channel=process))


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    return Setting(tmp_path / "shop")


def test_a_snapshot_drains_the_streams_twice_and_pauses_writes_for_the_second_time_only(
    setting: Setting,
) -> None:
    setting.keeper.poll()
    assert setting.log == [
        "aws changes",
        *("stock hold", "audit hold"),
        "aws pause",
        *("stock hold", "audit hold"),
        "aws save",
        *("aws resume", "stock release", "audit release"),
        "aws saved",
        *("aws resume", "stock release", "audit release"),
    ]
    assert setting.said == [
        "Snapshot of 2026-02-23 10:30:00 UTC: 1,204 items, 310 objects; writes were paused for 12 ms."
    ]


def test_all_streams_are_read_again_until_none_had_a_record(setting: Setting) -> None:
    setting.backlog = 5
    setting.keeper.poll()
    assert setting.log.count("stock hold") == setting.log.count("audit hold") == 4
    assert setting.backlog == 0


def test_writes_are_paused_once_the_stream_handlers_have_caught_up(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting.keeper.poll()
    setting.log.clear()
    setting.changes += 1
    # The first two rounds of reading take a second each.
    moments = iter([1e9 + second for second in (0, 0, 0, 1, 1, 2, 2, 2)])
    monkeypatch.setattr("local.keeping.keeper.time.monotonic", lambda: next(moments, 1e9 + 3))
    setting.keeper.poll()
    assert setting.log[: setting.log.index("aws pause")] == [
        "aws changes",
        *("stock hold", "audit hold") * 3,
    ]


def test_nothing_is_written_while_nothing_changes(setting: Setting) -> None:
    setting.keeper.poll()
    setting.log.clear()
    setting.keeper.poll()
    assert setting.log == ["aws changes"]
    setting.changes += 1
    setting.keeper.poll()
    assert len(setting.said) == 2


def test_a_full_disk_discards_the_snapshot_and_the_last_one_stays(setting: Setting) -> None:
    setting.keeper.poll()
    current = setting.folder.current
    setting.changes += 1
    setting.disk_is_full = True
    setting.keeper.poll()
    assert setting.said[1:] == [
        f"A snapshot was discarded: {FULL}. The shop runs on; its last snapshot is of "
        "2026-02-23 10:30:00 UTC."
    ]
    assert setting.folder.current == current
    assert setting.names == ["lock", "shop.json", "snapshot"]
    setting.disk_is_full = False
    setting.keeper.poll()
    assert setting.said[2].startswith("Snapshot of ")


def test_a_backlog_that_a_pause_is_too_short_for_lengthens_the_next_one(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = itertools.count(1e9, 6.0)
    monkeypatch.setattr("local.keeping.keeper.time.monotonic", lambda: next(clock))
    for _ in range(5):
        setting.backlog = 1_000
        setting.keeper.poll()
    assert setting.pauses == [PAUSE_SECONDS, 10, 20, LONGEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS]
    assert setting.said[0] == (
        "A snapshot was discarded: the stream handlers could not read everything in a pause of 5 seconds. "
        "The shop runs on; there is no snapshot yet."
    )
    assert setting.log[-3:] == ["aws resume", "stock release", "audit release"]
    setting.backlog = 0
    setting.keeper.poll()
    setting.changes += 1
    setting.keeper.poll()
    assert setting.pauses[-1] == PAUSE_SECONDS


def test_stream_handlers_that_do_not_reply_are_released_and_writes_resumed(setting: Setting) -> None:
    def no_reply(_: dict[str, Any]) -> dict[str, Any]:
        raise NoReply("audit-triggers did not reply within 30 seconds")

    setting.consumers[1].replies["hold"] = no_reply
    setting.keeper.poll()
    assert setting.said == [
        "A snapshot was discarded: audit-triggers did not reply within 30 seconds. "
        "The shop runs on; there is no snapshot yet."
    ]
    assert setting.log[-3:] == ["aws resume", "stock release", "audit release"]


@pytest.mark.parametrize("command", ["pause", "save", "saved"])
def test_a_signal_during_a_snapshot_ends_it_and_writes_are_resumed(setting: Setting, command: str) -> None:
    def interrupt(_: dict[str, Any]) -> dict[str, Any]:
        raise Interrupted

    setting.aws.replies[command] = interrupt
    with pytest.raises(Interrupted):
        setting.keeper.poll()
    assert setting.log[-3:] == ["aws resume", "stock release", "audit release"]
    assert setting.names == ["lock", "shop.json"]
    assert command == "pause" or "aws abandon" in setting.log


def test_beside_another_dynamodb_streams_are_not_drained_but_at_the_end(tmp_path: Path) -> None:
    setting = Setting(tmp_path / "shop", streams_are_kept=True)
    setting.keeper.poll()
    assert not [line for line in setting.log if line.endswith(" hold")]
    assert setting.keeper.save_at_end(lambda: None)
    assert "stock hold" in setting.log


def test_the_end_waits_for_the_streams_however_long_and_saves(setting: Setting) -> None:
    setting.backlog = 1_000
    assert setting.keeper.save_at_end(lambda: None)
    assert setting.backlog == 0
    assert setting.log[-2:] == ["aws save", "aws saved"]
    assert setting.said == [
        f"The shop of 2026-02-23 10:30:00 UTC is kept in {setting.folder.path}: 1,204 items, 310 objects."
    ]


def test_an_end_that_cannot_save_says_what_remains(setting: Setting) -> None:
    setting.disk_is_full = True
    assert not setting.keeper.save_at_end(lambda: None)
    assert setting.said == [
        "The shop could not be saved: [Errno 28] No space left on device. What has changed since is lost; "
        "there is no snapshot yet."
    ]
    assert setting.names == ["lock", "shop.json"]


def test_an_end_without_the_embedded_aws_says_so(setting: Setting) -> None:
    def ended() -> None:
        raise StackError("aws has ended (exit code -9).")

    assert not setting.keeper.save_at_end(ended)
    assert setting.said[0].startswith("The shop could not be saved: aws has ended (exit code -9). ")
