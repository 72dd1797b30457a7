"""What is measured: each system starts, takes stock, and connects clients that place orders."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

from tests.benchmarks.peers.driver import Buyer

__all__ = ["FOLDER", "CannotRun", "System"]

FOLDER: Final = Path(__file__).resolve().parents[3] / ".local" / "peers"
"""Where peers are installed, and kept from run to run."""


class CannotRun(Exception):
    """A system cannot be installed or started here; the message says why."""


class System(ABC):
    """A system to measure.

    Parameters
    ----------
    folder : Path
        For its data and logs; it is removed after the run.

    Attributes
    ----------
    title : str
        How the table names it.
    batch : int
        Orders in a request.
    rate_clients : tuple of int, or None
        With how many clients its rate is measured; as many as of the others if None.
    """

    title: ClassVar[str]
    batch: ClassVar[int] = 1
    rate_clients: ClassVar[tuple[int, ...] | None] = None

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @abstractmethod
    def start(self) -> Mapping[str, str]:
        """Install what is missing, start it, and return the versions of what runs.

        Raises
        ------
        CannotRun
        """

    @abstractmethod
    def stop(self) -> None:
        """End every process that it has started, however far its start came."""

    @abstractmethod
    def seed(self, skus: int, units: int) -> Sequence[Any]:
        """Put new SKUs with so many units each in stock, and return how a client names each."""

    @abstractmethod
    def connect(self, number: int) -> Buyer:
        """Connect the client of a number, from 0 on."""

    @abstractmethod
    def reserved(self, sku: Any) -> int:
        """Return how many units of a SKU the system itself counts as reserved."""
