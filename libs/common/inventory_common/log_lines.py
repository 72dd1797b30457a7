"""The log: one JSON object for each event, on one line of standard output.

Lambda passes such a line on unchanged, in both of its log formats, and reads `timestamp` and `level` from it;
the log files of the local stack contain the same lines (docs/decisions/0009-structured-logs.md).
"""

import json
import logging
import sys
import traceback
from contextlib import suppress
from threading import Lock
from typing import Any, Final, Literal

from botocore.exceptions import ClientError

from .timestamps import now

__all__ = ["Level", "exception_fields", "limit_library_logs", "log_event", "write_event"]

# The output is ASCII, so that no text can break the line or its encoding.
_encode: Final = json.JSONEncoder(default=repr, separators=(",", ":")).encode

_STACK_FRAMES_MAX: Final = 30
"""Innermost frames of the stack of a defect that are logged."""
_CAUSES_MAX: Final = 5
"""Exceptions in the chain of causes of a defect that are logged."""

_LIBRARIES: Final = ("boto3", "botocore", "s3transfer", "urllib3")
"""Libraries that log requests and responses at DEBUG: session tokens, stored items, secrets."""

Level = Literal["INFO", "WARN", "ERROR"]
"""The levels in use, of those by which Lambda can filter."""


def limit_library_logs() -> None:
    """Log what libraries warn of and nothing below, whatever the level of the stage.

    Lambda sets the level of the root logger, which every library inherits, to that of the function.
    """
    for name in _LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)


def log_event(service: str, message: str, /, *, level: Level = "INFO", **fields: Any) -> None:
    """Write one line as `write_event` does; never raises, so that no response fails because of its log."""
    with suppress(Exception):
        write_event(service, message, level=level, **fields)


def write_event(service: str, message: str, /, *, level: Level = "INFO", **fields: Any) -> None:
    """Write one line about an event of `service`, all of it.

    Parameters
    ----------
    service
        The application's name, e.g. ``inventory-stock``.
    message
        The type of event, e.g. ``request``: always the same words, as whatever varies is a field.
    fields
        Further fields; they do not replace a field that every line has.  Tokens, bodies and other texts that
        a client can choose freely are never logged.

    Raises
    ------
    Exception
        If the line was not written, or only the beginning of it: `OSError` for a full disk or a closed pipe.
    """
    head = {"timestamp": now(), "level": level, "message": message, "service": service}
    _log.write(_encode(head | fields | head))


class _Log:
    """Standard output, a line at a time: a line that was written in part makes no other line unreadable."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ends_within_line = False

    def write(self, line: str) -> None:
        with self._lock:
            stream = sys.stdout
            stream.flush()
            binary = getattr(stream, "buffer", None)
            if binary is None:  # a stream that has only text
                stream.write(f"{line}\n")
                stream.flush()
                return
            # A text stream on an unbuffered file (python -u) ignores how many bytes were written: on a disk
            # that gets full, a part of them, without an error.
            unbuffered = getattr(binary, "raw", binary)
            text = f"\n{line}\n" if self._ends_within_line else f"{line}\n"
            # One write for text and line end, as Lambda flushes each.
            rest = memoryview(text.encode())
            while rest:
                written = unbuffered.write(rest)
                if not written:
                    raise BlockingIOError("Standard output accepts no more.")
                rest = rest[written:]
                self._ends_within_line = bool(rest)


_log: Final = _Log()


def exception_fields(error: BaseException) -> dict[str, str]:
    """Return the fields `exception`, its type, and `stack`, its traceback and those of its causes.

    Messages are left out: those of Python and botocore quote values, which may come from a client.
    """
    return {"exception": _name_of(error), "stack": _stack_of(error)}


def _name_of(error: BaseException) -> str:
    error_type = type(error)
    name = error_type.__qualname__
    if error_type.__module__ != "builtins":
        name = f"{error_type.__module__}.{name}"
    if isinstance(error, ClientError):
        code = error.response.get("Error", {}).get("Code", "Unknown")
        return f"{name}: {code} ({error.operation_name})"
    return name


def _stack_of(error: BaseException) -> str:
    chain = [error]
    while len(chain) < _CAUSES_MAX and (cause := _cause_of(chain[-1])) is not None and cause not in chain:
        chain.append(cause)
    # The first cause comes first, as in Python's own tracebacks.
    return "\nwhich led to\n".join(_frames_of(each) for each in reversed(chain))


def _cause_of(error: BaseException) -> BaseException | None:
    return error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _frames_of(error: BaseException) -> str:
    frames = traceback.format_tb(error.__traceback__, -_STACK_FRAMES_MAX)
    return f"Traceback (most recent call last):\n{''.join(frames)}{_name_of(error)}"
