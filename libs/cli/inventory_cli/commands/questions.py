"""Questions to a person, and what happens if there is none."""

from __future__ import annotations

import sys

import click

from .. import exit_codes
from ..output import say

__all__ = ["confirm", "require_answer"]


def require_answer(is_answered: bool) -> None:
    """Require a terminal for the question, before anything is read or sent."""
    if not is_answered and not (sys.stdin and sys.stdin.isatty()):
        raise click.UsageError(
            "There is no terminal to ask for confirmation: this needs --yes (or --dry-run)."
        )


def confirm(question: str) -> None:
    """Ask, and exit with 130 unless the answer is yes; Ctrl-C and Ctrl-D are no."""
    try:
        is_agreed = click.confirm(question, err=True)
    except click.Abort:
        is_agreed = False
    if not is_agreed:
        say("Nothing was changed.", style="yellow")
        click.get_current_context().exit(exit_codes.INTERRUPTED)
