"""The kept folder.

::

    shop.json            whose folder this is: the format, the version that made it, what it holds
    lock                 locked by the run that uses it, and empty after a clean stop
    issuer-key.pem       the token issuer's key
    snapshot-000007      the current snapshot
    partial-000008-…     one that is being written, or was when its run was killed
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from inventory_common import __version__
from local.errors import StackError
from local.keeping.disk import sync, sync_folder, write_json

FORMAT = 2
"""The format of kept folders and snapshots; another one has another number."""
LABEL = "shop.json"
LOCK = "lock"
ISSUER_KEY = "issuer-key.pem"
MANIFEST = "manifest.json"
EVERYTHING = "tables, bucket and keys"
BUCKET_AND_KEYS = "bucket and keys"
"""What is kept beside a DynamoDB that keeps its tables itself."""

_PRODUCT = "open inventory back end: a kept shop"
_SNAPSHOT = re.compile(r"snapshot-(\d{6,})")
_PARTIAL = re.compile(r"partial-\d{6,}-[0-9a-f]{32}")
_READ_BYTES = 1 << 20


@dataclass(frozen=True)
class Snapshot:
    """A complete snapshot.

    Attributes
    ----------
    path : Path
        Its folder.
    number : int
        Counts the snapshots of a shop; the greatest is current.
    moment : datetime
        When everything in it was so, in UTC.
    manifest : Mapping[str, Any]
        What it consists of.
    """

    path: Path
    number: int
    moment: datetime
    manifest: Mapping[str, Any]

    @property
    def spoken_moment(self) -> str:
        """The moment, to read."""
        return f"{self.moment:%Y-%m-%d %H:%M:%S} UTC"


class KeptFolder:
    """A folder with a kept shop, used by this run alone.

    Parameters
    ----------
    path : Path
        The folder; it is created if it does not exist, and a shop if it is empty.
    holds : str
        `EVERYTHING` or `BUCKET_AND_KEYS`.

    Raises
    ------
    StackError
        If it has anything else, is of another format, is damaged, or used by another run.  Nothing in it has
        been changed then.
    OSError
        If it cannot be read or written.
    """

    def __init__(self, path: Path, holds: str) -> None:
        self.path = path
        self.holds = holds
        if path.exists() and not path.is_dir():
            raise StackError(f"KEEP: {path} is not a folder.")
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (path / LABEL).exists():
            self._check_label(holds)
        else:
            self._create(holds)
        self._lock = self._locked()
        try:
            self.was_killed = bool(self._lock.read())
            self.current = self._current()
        except BaseException:
            self._lock.close()
            raise
        self._mark_in_use()
        for leftover in self._named(_PARTIAL):
            shutil.rmtree(leftover, ignore_errors=True)
        self._delete_older()

    @property
    def issuer_key(self) -> Path:
        """The file of the token issuer's key."""
        return self.path / ISSUER_KEY

    def begin(self) -> Path:
        """Create the folder of the next snapshot and return it; it counts only once it is committed."""
        partial = self.path / f"partial-{self._next_number():06}-{uuid.uuid4().hex}"
        partial.mkdir(mode=0o700)
        return partial

    def commit(self, partial: Path) -> Snapshot:
        """Make a snapshot, whose files are on disk, the current one: by one rename."""
        snapshot = _read(partial, self._next_number())
        target = self.path / f"snapshot-{snapshot.number:06}"
        partial.rename(target)
        self.current = replace(snapshot, path=target)
        sync_folder(self.path)
        self._delete_older()
        return self.current

    def discard(self, partial: Path) -> None:
        """Delete what was written of a snapshot; the current one stays."""
        shutil.rmtree(partial, ignore_errors=True)

    def release(self, *, cleanly: bool) -> None:
        """Let other runs use the folder; `cleanly` if nothing since the current snapshot is lost."""
        with suppress(OSError):
            if cleanly:
                self._lock.truncate(0)
                sync(self._lock)
        self._lock.close()

    def _create(self, holds: str) -> None:
        partial = self.path / f"{LABEL}.partial"
        if others := sorted(each.name for each in self.path.iterdir() if each != partial):
            raise StackError(
                f"KEEP: {self.path} has other files ({', '.join(others[:3])}{', …' * (len(others) > 3)}) "
                f"and no {LABEL}, so it is not a kept shop; name an empty folder."
            )
        label = {"product": _PRODUCT, "format": FORMAT, "version": __version__, "holds": holds}
        write_json(partial, label)
        partial.rename(self.path / LABEL)
        sync_folder(self.path)

    def _check_label(self, holds: str) -> None:
        try:
            label = json.loads((self.path / LABEL).read_text(encoding="utf-8"))
            product, written, version = label["product"], label["format"], str(label["version"])
            held = label["holds"]
        except (ValueError, TypeError, KeyError):
            product = None
        if product != _PRODUCT or type(written) is not int:
            raise StackError(
                f"KEEP: {self.path / LABEL} is not one that this product has written, so {self.path} is no "
                "kept shop; name an empty folder."
            )
        _check_format(self.path, written, version)
        if held != holds:
            advice = (
                "start it without DYNAMODB_ENDPOINT"
                if held == EVERYTHING
                else "start it with its DYNAMODB_ENDPOINT"
            )
            raise StackError(
                f"KEEP: {self.path} holds {held} of a shop, this run would keep {holds}; {advice}, or "
                "name another folder."
            )

    def _locked(self) -> IO[str]:
        descriptor = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        lock = os.fdopen(descriptor, "r+", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            user = lock.read().strip()
            lock.close()
            raise StackError(
                f"KEEP: {self.path} is used by another run{f' (process {user})' * bool(user)}; stop that "
                "one, or name another folder."
            ) from None
        except OSError:
            lock.close()
            raise
        return lock

    def _mark_in_use(self) -> None:
        self._lock.seek(0)
        self._lock.write(f"{os.getpid()}\n")
        self._lock.truncate()
        sync(self._lock)

    def _current(self) -> Snapshot | None:
        found = self._named(_SNAPSHOT)
        if not found:
            return None
        newest = max(found, key=_number)
        snapshot = _read(newest, _number(newest))
        for name, expected in snapshot.manifest["files"].items():
            if _digest(newest / name) != expected["sha256"]:
                raise StackError(
                    f"KEEP: {newest / name} is incomplete or was changed, so this kept shop cannot be used; "
                    "copy it again from where it is whole, or name another folder."
                )
        return snapshot

    def _delete_older(self) -> None:
        if self.current is None:
            return
        for each in self._named(_SNAPSHOT):
            if _number(each) < self.current.number:
                # Under another name first: half of it must never look like a snapshot.
                doomed = self.path / f"partial-{_number(each):06}-{uuid.uuid4().hex}"
                with suppress(OSError):
                    each.rename(doomed)
                    shutil.rmtree(doomed, ignore_errors=True)

    def _named(self, pattern: re.Pattern[str]) -> list[Path]:
        return [each for each in self.path.iterdir() if pattern.fullmatch(each.name)]

    def _next_number(self) -> int:
        return 1 if self.current is None else self.current.number + 1


def manifest_of(moment: datetime, files: Mapping[str, Any], counts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the manifest of a snapshot."""
    return {
        "format": FORMAT,
        "version": __version__,
        "moment": moment.isoformat(),
        "files": dict(files),
        **counts,
    }


def _read(path: Path, number: int) -> Snapshot:
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        written, version = manifest["format"], str(manifest["version"])
        moment = datetime.fromisoformat(manifest["moment"])
        manifest["files"].items()
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise StackError(
            f"KEEP: {path} has no readable {MANIFEST}, so this kept shop is incomplete and cannot be used; "
            "copy it again from where it is whole, or name another folder."
        ) from error
    _check_format(path, written, version)
    return Snapshot(path, number, moment, manifest)


def _check_format(path: Path, written: object, version: str) -> None:
    if written == FORMAT:
        return
    is_newer = isinstance(written, int) and written > FORMAT
    raise StackError(
        f"KEEP: {path} was written by {'a newer' if is_newer else 'an older'} version, {version}, in format "
        f"{written}; version {__version__} reads format {FORMAT} only. Run the shop with version {version}, "
        "or name another folder."
    )


def _number(path: Path) -> int:
    return int(path.name.removeprefix("snapshot-"))


def _digest(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            digest = hashlib.sha256()
            while block := file.read(_READ_BYTES):
                digest.update(block)
    except FileNotFoundError:
        return None
    return digest.hexdigest()
