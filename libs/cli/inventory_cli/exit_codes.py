"""The exit codes; 2 is also click's."""

from typing import Final

__all__ = [
    "DONE",
    "INTERRUPTED",
    "LOCAL_FAILURE",
    "NO_ANSWER",
    "REFUSED",
    "REJECTS",
    "UNFINISHED",
    "WRONG_USAGE",
]

DONE: Final = 0
REFUSED: Final = 1
"""A service refused the request; the problem is on standard error."""
WRONG_USAGE: Final = 2
"""The command, a file or the configuration is wrong; no service was called."""
REJECTS: Final = 3
"""The import succeeded, except for the rows in the rejects file."""
NO_ANSWER: Final = 4
"""A service or the token issuer did not answer; the same command may be repeated."""
UNFINISHED: Final = 5
"""A command on an order has begun, and has not finished in time: it finishes by itself."""
LOCAL_FAILURE: Final = 6
"""A local file cannot be written, such as on a full disk; requests already sent took effect."""
INTERRUPTED: Final = 130
"""Ctrl-C or SIGTERM, or the question was not answered with yes; an import continues when it is repeated."""
