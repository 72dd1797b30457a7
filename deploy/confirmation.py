"""The question before anything changes."""

from __future__ import annotations

import os

from deploy.errors import DeployError


def confirm(question: str) -> None:
    """Ask for confirmation; no answer means no.

    Raises
    ------
    DeployError
        If the answer is not yes.
    """
    if os.environ.get("YES") == "1":
        return
    try:
        answer = input(f"\n{question} Enter 'yes' to continue: ")
    except EOFError:
        answer = ""
    if answer.strip() != "yes":
        raise DeployError("Nothing was changed. (YES=1 skips the question.)")
