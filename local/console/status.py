"""What there is of the console: the build writes it into a file, and the front reads it from there."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

FILE_BYTES: Final = 4096
"""Each file is as long as a longer status, so that another one fits into its place on the disk."""


class State(StrEnum):
    """How far the console is."""

    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True)
class Status:
    """What there is of the console.

    Attributes
    ----------
    state : State
    folder : str
        The built files; empty unless it is ready.
    sentence : str
        How it was made, or why it cannot be built; empty while it is being built.
    """

    state: State
    folder: str = ""
    sentence: str = ""


BUILDING = Status(State.BUILDING)


def write_status(file: Path, status: Status) -> None:
    """Replace the file by one with this status, in one step; on a full disk, write into the file there.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    text = json.dumps(asdict(status)).ljust(FILE_BYTES)
    new = file.with_name(f".{file.name}-{os.getpid()}")
    try:
        new.write_text(text, encoding="utf-8")
        new.replace(file)
    except OSError:
        new.unlink(missing_ok=True)
        with file.open("r+", encoding="utf-8") as there:
            there.write(text)


class StatusFile:
    """The file, for its reader: it is parsed again only after it was written.

    Parameters
    ----------
    path : Path
        Where it is; it may not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._status = BUILDING

    def read(self) -> Status:
        """Return the newest status; until there is one, that the console is being built."""
        try:
            stat = self._path.stat()
            seen = stat.st_ino, stat.st_mtime_ns
            if seen != self._seen:
                self._status, self._seen = _parsed(self._path.read_text(encoding="utf-8")), seen
        except (OSError, ValueError, TypeError, KeyError):
            pass  # the build has not written it yet
        return self._status


def _parsed(text: str) -> Status:
    document = json.loads(text)
    return Status(State(document["state"]), document["folder"], document["sentence"])
