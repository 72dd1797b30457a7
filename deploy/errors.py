"""The error that is shown when packaging or deploying fails."""


class DeployError(Exception):
    """Packaging or deploying cannot continue; the message says why."""
