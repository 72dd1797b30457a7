"""The error that is shown when keys cannot be rotated."""


class RotationError(Exception):
    """The rotation cannot begin or go on; the message says why, and what to do."""
