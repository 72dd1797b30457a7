"""The error of a restore that cannot go on."""


class RestoreError(Exception):
    """The restore stops here; the message says why, and the same command goes on later."""
