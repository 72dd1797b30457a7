"""A resource that the emulated AWS has created, and whose answer was lost.

Terraform's AWS provider sends a request again whose answer it did not get.  On a busy machine the emulator
then answers that the role exists, as it created it at the first time: Terraform imports it and goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["adopted"]

_CREATED_TWICE = re.compile(
    r"creating IAM Role \((?P<name>[\w.-]+)\)[^\n]*EntityAlreadyExists[^\n]*\n\s*with (?P<address>\S+),\n"
)


def adopted(errors: str, terraform: Callable[..., object]) -> bool:
    """Import the roles that an apply has created twice, and return whether there are any.

    Parameters
    ----------
    errors
        What the apply printed to standard error.
    terraform
        Runs Terraform with some arguments.
    """
    roles = [(match["address"], match["name"]) for match in _CREATED_TWICE.finditer(errors)]
    for address, name in roles:
        terraform("import", "-input=false", "-no-color", address, name)
    return bool(roles)
