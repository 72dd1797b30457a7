"""The error that is shown at the terminal."""


class StackError(Exception):
    """The stack cannot run as it is configured; the message is one sentence that says what to change."""
