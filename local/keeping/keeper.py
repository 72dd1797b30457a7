"""Snapshots, on the side of the supervisor: when they are taken, and what is said about them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from local.children import Child
from local.control import Channel, NoReply
from local.errors import StackError
from local.keeping.folder import KeptFolder, Snapshot

CATCH_UP_SECONDS = 20.0
"""How long stream handlers may take to catch up with the writes, before these are paused."""
ROUND_SECONDS = 1.0
CAUGHT_UP_SECONDS = 0.1
"""A round of reading that takes less leaves little to read."""
PAUSE_SECONDS = 5.0
"""The longest pause of writes; a snapshot that would need more is discarded."""
LONGEST_PAUSE_SECONDS = 40.0
"""The longest after several such snapshots: otherwise a shop under steady load would never be saved."""
REPLY_SECONDS = 10.0


class SnapshotFailed(Exception):
    """A snapshot was discarded; the message is the reason."""


class Keeper:
    """Takes snapshots of the running shop.

    Parameters
    ----------
    folder : KeptFolder
        Where they go.
    aws : Child
        The embedded AWS.
    consumers : Sequence[Child]
        The processes that read the streams.
    seconds : float
        From one snapshot to the next.
    streams_are_kept : bool
        Whether the tables are those of another DynamoDB, which keeps them and their streams itself.
    check : Callable[[], None]
        Called while waiting; raises an error if the stack has to stop.
    say : Callable[[str], None]
        Writes a line to the terminal.
    """

    def __init__(
        self,
        folder: KeptFolder,
        aws: Child,
        consumers: Sequence[Child],
        seconds: float,
        *,
        streams_are_kept: bool,
        check: Callable[[], None],
        say: Callable[[str], None],
    ) -> None:
        self._folder = folder
        self._aws = _channel(aws)
        self._consumers = [_channel(each) for each in consumers]
        self._seconds = seconds
        self._streams_are_kept = streams_are_kept
        self._check = check
        self._say = say
        self._pause_seconds = PAUSE_SECONDS
        self._saved_changes = self._changes(check) if folder.current is not None else None
        self._due_at = time.monotonic() if folder.current is None else time.monotonic() + seconds

    def poll(self) -> None:
        """Take a snapshot if one is due and something may have changed."""
        if time.monotonic() < self._due_at:
            return
        try:
            if self._changes(self._check) != self._saved_changes:
                self._take()
                self._pause_seconds = PAUSE_SECONDS
        except (SnapshotFailed, NoReply, OSError) as failure:
            self._say(
                f"A snapshot was discarded: {_reason(failure)}. {self._what_remains('The shop runs on')}"
            )
        finally:
            # Counted from the end, so that a slow disk has time for other things.
            self._due_at = time.monotonic() + self._seconds

    def save_at_end(self, check: Callable[[], None]) -> bool:
        """Save the shop after the services have ended; return whether nothing is lost.

        Parameters
        ----------
        check : Callable[[], None]
            Called while waiting, for as long as it takes; its errors end the saving.
        """
        try:
            self._read_streams(None, check)
            if self._saved_changes is not None and self._changes(check) == self._saved_changes:
                assert self._folder.current is not None
                moment = self._folder.current.spoken_moment
                self._say(f"The shop has not changed since {moment}; it is kept in {self._folder.path}.")
                return True
            snapshot = self._save(check, while_paused=False)
        except (SnapshotFailed, StackError, OSError) as failure:
            remains = self._what_remains("What has changed since is lost")
            self._say(f"The shop could not be saved: {_reason(failure)}. {remains}")
            return False
        self._say(
            f"The shop of {snapshot.spoken_moment} is kept in {self._folder.path}: {_contents(snapshot)}."
        )
        return True

    def _take(self) -> None:
        """Take a snapshot while the services run."""
        paused_seconds = 0.0

        def resume() -> None:
            nonlocal paused_seconds
            reply = self._aws.ask("resume", self._check, seconds=REPLY_SECONDS)
            paused_seconds = reply["paused_seconds"]
            self._release()

        try:
            if not self._streams_are_kept:
                self._catch_up()
            reply = self._aws.ask(
                "pause",
                self._check,
                seconds=self._pause_seconds + REPLY_SECONDS,
                for_seconds=self._pause_seconds,
            )
            if not reply["paused"]:
                raise SnapshotFailed(f"a write was still in progress after {self._pause_seconds:.0f} seconds")
            if not self._streams_are_kept:
                self._read_streams(self._pause_seconds, self._check)
            snapshot = self._save(self._check, while_paused=True, when_begun=resume)
        finally:
            self._aws.send("resume")
            self._release()
        self._say(
            f"Snapshot of {snapshot.spoken_moment}: {_contents(snapshot)}; "
            f"writes were paused for {paused_seconds * 1000:.0f} ms."
        )

    def _catch_up(self) -> None:
        """Let the stream handlers read while writes go on, so that the pause has little left for them.

        In short rounds: a handler that is done waits for the others, and falls behind.
        """
        deadline = time.monotonic() + CATCH_UP_SECONDS
        while True:
            began = time.monotonic()
            self._hold(CATCH_UP_SECONDS + REPLY_SECONDS, ROUND_SECONDS, self._check)
            now = time.monotonic()
            if now - began < CAUGHT_UP_SECONDS or now > deadline:
                return

    def _read_streams(self, seconds: float | None, check: Callable[[], None]) -> None:
        """Let all stream handlers read to the end, again until none of them finds a record.

        A handler's writes can be records for another one.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        while True:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            if self._hold(None if left is None else left + REPLY_SECONDS, left, check):
                return
            if left == 0.0:
                self._pause_seconds = min(2 * self._pause_seconds, LONGEST_PAUSE_SECONDS)
                raise SnapshotFailed(
                    f"the stream handlers could not read everything in a pause of {seconds:.0f} seconds"
                )

    def _hold(self, reply_seconds: float | None, seconds: float | None, check: Callable[[], None]) -> bool:
        """Let all stream handlers read to the end at once; return whether none of them found a record."""
        ids = [each.send("hold", for_seconds=seconds) for each in self._consumers]
        replies = [
            each.wait(wanted, check, seconds=reply_seconds)
            for each, wanted in zip(self._consumers, ids, strict=True)
        ]
        return all(reply["was_at_end"] for reply in replies)

    def _save(
        self, check: Callable[[], None], *, while_paused: bool, when_begun: Callable[[], None] = lambda: None
    ) -> Snapshot:
        partial = self._folder.begin()
        try:
            reply = self._aws.ask("save", check, folder=str(partial), while_paused=while_paused)
            changes = _result(reply)["changes"]
            when_begun()
            # Without an end: a large shop on a slow disk takes its time, and nobody waits for it.
            _result(self._aws.ask("saved", check))
            try:
                snapshot = self._folder.commit(partial)
            except StackError as error:
                raise SnapshotFailed(str(error)) from error
        except BaseException:
            self._abandon(partial)
            raise
        self._saved_changes = changes
        return snapshot

    def _abandon(self, partial: Path) -> None:
        with suppress(StackError):
            self._aws.ask("abandon", lambda: None, seconds=REPLY_SECONDS)
        self._folder.discard(partial)

    def _release(self) -> None:
        for each in self._consumers:
            each.send("release")

    def _changes(self, check: Callable[[], None]) -> int:
        changes: int = self._aws.ask("changes", check, seconds=REPLY_SECONDS)["changes"]
        return changes

    def _what_remains(self, sentence: str) -> str:
        current = self._folder.current
        last = (
            "there is no snapshot yet"
            if current is None
            else f"its last snapshot is of {current.spoken_moment}"
        )
        return f"{sentence}; {last}."


def _channel(child: Child) -> Channel:
    assert child.channel is not None
    return child.channel


def _result(reply: dict[str, Any]) -> dict[str, Any]:
    if "error" in reply:
        raise SnapshotFailed(str(reply["error"]))
    return reply


def _reason(failure: Exception) -> str:
    return str(failure).rstrip(".")


def _contents(snapshot: Snapshot) -> str:
    counts = {"object": snapshot.manifest["objects"]}
    if tables := snapshot.manifest["items"]:  # none beside another DynamoDB
        counts = {"item": sum(tables.values())} | counts
    return ", ".join(f"{count:,} {name}{'s' * (count != 1)}" for name, count in counts.items())
