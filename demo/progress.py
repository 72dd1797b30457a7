"""The demo's progress for a program that shows it: a line of JSON each time it has moved on."""

import json
from collections.abc import Iterable, Iterator
from typing import Final, TextIO, TypeVar

from demo.phases import Phases
from demo.shop import Shop, timeline

T = TypeVar("T")

EVERY_JOBS: Final = 5


class ProgressLines(Phases):
    """Phases that write ``{"step": "…", "done": 120, "total": 900}``: the phase, and jobs of all phases.

    Parameters
    ----------
    output
        Where each line is written.
    total
        How many jobs the whole run is expected to have; more if it turns out so.
    """

    def __init__(self, output: TextIO, total: int) -> None:
        self._output = output
        self._total = total
        self._done = 0
        self._step = ""

    def end(self, message: str | None) -> None:
        """Write the last line, which has a ``message`` if the run has failed."""
        if message is None:
            self._total = self._done
        self._write({} if message is None else {"message": message})

    def _shown(self, name: str, items: Iterable[T], total: int) -> Iterator[T]:
        self._step = name
        self._total = max(self._total, self._done + total)
        self._write({})
        for item in items:
            yield item
            self._done += 1
            if self._done % EVERY_JOBS == 0:
                self._write({})

    def _write(self, more: dict[str, str]) -> None:
        line = {"step": self._step, "done": self._done, "total": self._total} | more
        print(json.dumps(line), file=self._output, flush=True)


def expected_jobs(facts: Shop) -> int:
    """Return how many jobs a run has that loads this shop and reads it back."""
    discontinued = sum(product.discontinued for product in facts.products)
    loading = len(facts.vendors) + len(timeline(facts.orders)) + discontinued
    return loading + len(facts.vendors) + len(facts.orders)
