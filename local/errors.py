"""The error that is shown at the terminal."""


class StackError(Exception):
    """The stack cannot run; the message says in one sentence what to change."""
