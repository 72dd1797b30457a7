"""What the exit codes mean; 2 is click's own."""

from typing import Final

__all__ = ["DONE", "INTERRUPTED", "NO_ANSWER", "REFUSED", "REJECTS", "WRONG_USAGE"]

DONE: Final = 0
REFUSED: Final = 1
"""A service refused; its problem is on standard error."""
WRONG_USAGE: Final = 2
"""The command, a file or the configuration is wrong; nothing was asked of a service."""
REJECTS: Final = 3
"""The import is done, but for the rows in the rejects file."""
NO_ANSWER: Final = 4
"""A service or the token issuer gave no answer; the same command may be repeated."""
INTERRUPTED: Final = 130
"""Ctrl-C; an import goes on when it is run again."""
