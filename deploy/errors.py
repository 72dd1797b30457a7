"""What a person is told when packaging or deploying cannot go on."""


class DeployError(Exception):
    """Nothing more can be done; the message is what the person needs to know."""
