"""The error of packaging and deploying."""


class DeployError(Exception):
    """Packaging or deploying cannot continue; the message says why, and what to do."""
