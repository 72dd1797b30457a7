"""Progress on standard error, if it is a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

__all__ = ["bar", "counted"]


@contextmanager
def counted(name: str) -> Iterator[Callable[..., None]]:
    """Show how many items have been counted; the function that is returned counts one, or those given."""
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(name, total=None)
        yield lambda count=1: progress.advance(task, count)


@contextmanager
def bar(name: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Show how many of `total` items are done; the function that is returned adds some."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(name.ljust(10), total=total)
        yield lambda count: progress.advance(task, count)
