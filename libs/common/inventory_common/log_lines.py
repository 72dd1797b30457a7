"""The log: one JSON object on one line of standard output for each thing that happened.

Lambda passes such a line on as it is, in both of its log formats, and reads `timestamp` and `level` from it;
the local stack's log files hold the same line (docs/decisions/0009-structured-logs.md).
"""

import json
import sys
import traceback
from contextlib import suppress
from typing import Any, Final, Literal

from botocore.exceptions import ClientError

from .timestamps import now

__all__ = ["Level", "exception_fields", "log_event"]

# ASCII alone, so no text, however odd, breaks the line or its encoding.
_write: Final = json.JSONEncoder(default=repr, separators=(",", ":")).encode

_STACK_FRAMES_MAX: Final = 30
"""Innermost frames of a stack that the log shows of a defect."""
_CAUSES_MAX: Final = 5
"""Causes of a defect that the log shows."""

Level = Literal["INFO", "WARN", "ERROR"]
"""Of the levels that Lambda filters by, those in use."""


def log_event(service: str, message: str, /, *, level: Level = "INFO", **fields: Any) -> None:
    """Write one line about `service`; never raises, as no answer and no batch may fail for its log.

    Parameters
    ----------
    service
        The application's name, e.g. ``inventory-stock``.
    message
        What happened, always in the same words, e.g. ``request``: what varies is a field.
    fields
        What is known of it, flat; none replaces a field that every line has. Neither tokens nor
        bodies, nor anything else that a client wrote freely.
    """
    with suppress(Exception):
        head = {"timestamp": now(), "level": level, "message": message, "service": service}
        # One write with its end: a second could come after another thread's, and Lambda flushes each.
        sys.stdout.write(_write(head | fields | head) + "\n")
        sys.stdout.flush()


def exception_fields(error: BaseException) -> dict[str, str]:
    """Return `exception`, what it was, and `stack`, where it came from.

    Messages are left out, as Python's and botocore's quote values, and those may be a client's.
    """
    return {"exception": _name_of(error), "stack": _stack_of(error)}


def _name_of(error: BaseException) -> str:
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(error, ClientError):
        code = error.response.get("Error", {}).get("Code", "Unknown")
        return f"{name}: {code} ({error.operation_name})"
    return name


def _stack_of(error: BaseException) -> str:
    chain = [error]
    while len(chain) < _CAUSES_MAX and (cause := _cause_of(chain[-1])) is not None and cause not in chain:
        chain.append(cause)
    # The root comes first, as in Python's own.
    return "\nwhich led to\n".join(_frames_of(each) for each in reversed(chain))


def _cause_of(error: BaseException) -> BaseException | None:
    return error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _frames_of(error: BaseException) -> str:
    frames = traceback.format_tb(error.__traceback__, -_STACK_FRAMES_MAX)
    return f"Traceback (most recent call last):\n{''.join(frames)}{_name_of(error)}"
