"""A phase of the demo: many jobs behind one progress bar, one by one or a few at a time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)

T = TypeVar("T")
R = TypeVar("R")

WORKERS: Final = 4
"""Enough to hide the network's latency; more would queue in a stack that runs on one machine."""
NAME_WIDTH: Final = 30


class Phases:
    """Phases that show their progress on a console."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def one_by_one(self, name: str, items: Sequence[T]) -> Iterator[T]:
        """Yield the items in their order."""
        return self._shown(name, items, len(items))

    def together(self, name: str, job: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        """Yield the job's result for every item, in the items' order, a few jobs at a time.

        The first job that fails ends the phase with its exception; running jobs finish.
        """
        with ThreadPoolExecutor(WORKERS) as pool:
            yield from self._shown(name, pool.map(job, items), len(items))

    def _shown(self, name: str, items: Iterable[T], total: int) -> Iterator[T]:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._console) as progress:
            yield from progress.track(items, total=total, description=name.ljust(NAME_WIDTH))
