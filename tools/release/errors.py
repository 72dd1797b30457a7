"""The error that is shown when a release cannot be made."""

__all__ = ["ReleaseError"]


class ReleaseError(Exception):
    """A release cannot be made; the message says why and what to do."""
