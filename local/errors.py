"""The one error that people at the terminal see."""


class StackError(Exception):
    """Something the person who runs the stack has to change; the message is one clear sentence."""
