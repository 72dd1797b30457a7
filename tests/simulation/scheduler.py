"""Virtual processes that run one at a time, in an order that the seed decides.

Each process is a thread; one baton goes round.  A process runs until it hands the baton over, the scheduler
advances the time a little and gives the baton to one of those that can run.  Nothing else runs meanwhile, so
a seed has one history.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from random import Random
from typing import NoReturn

from tests.simulation.virtual_clock import VirtualTime

PRIORITY_LEASE_SECONDS = 0.003
"""The most that one turn takes."""


class Death(BaseException):
    """The process is gone; like SystemExit, nothing that handles errors should handle it."""


class Stopped(BaseException):
    """The simulation is over."""


class Starved(AssertionError):
    """Nobody can run, and somebody is not finished."""


class Process:
    """A virtual process; what it does is a function that calls `hand_over` and `sleep` in between."""

    def __init__(self, scheduler: Scheduler, name: str, act: Callable[[Process], None]) -> None:
        self.name = name
        self.wakes_at = scheduler.time.microseconds
        self.condition: Callable[[], bool] | None = None
        self.is_finished = False
        self._scheduler = scheduler
        self._act = act
        self._turn = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, name=f"simulated {name}", daemon=True)
        self._thread.start()

    def hand_over(self) -> None:
        """Let others run; returns when it is this process's turn again."""
        self._scheduler.require_going()
        self._scheduler.returned.release()
        self._turn.acquire()
        self._scheduler.require_going()

    def sleep(self, seconds: float) -> None:
        """Hand over, and be passed over for so long."""
        self.wakes_at = self._scheduler.time.microseconds + round(seconds * 1_000_000)
        self.hand_over()

    def wait(self, condition: Callable[[], bool]) -> None:
        """Hand over, and be passed over until the condition is true."""
        self.condition = condition
        self.hand_over()
        self.condition = None

    def resume(self) -> None:
        """Give this process the baton, and wait for it; the scheduler's side."""
        self._turn.release()
        self._scheduler.returned.acquire()

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        self._turn.acquire()
        try:
            if not self._scheduler.is_stopped:
                self._act(self)
        except Stopped:
            pass
        except BaseException as error:
            self._scheduler.failure = self._scheduler.failure or error
        finally:
            self.is_finished = True
            self._scheduler.returned.release()


class Scheduler:
    """Runs processes turn by turn.

    Attributes
    ----------
    failure
        What ended a process that should not have ended so; `run` raises it.
    """

    def __init__(self, random: Random, time: VirtualTime) -> None:
        self.time = time
        self.turns = 0
        self.returned = threading.Semaphore(0)
        self.is_stopped = False
        self.failure: BaseException | None = None
        self._random = random
        self._processes: list[Process] = []

    def fail(self, failure: BaseException) -> NoReturn:
        """End the simulation, whatever the process that calls this would make of an exception."""
        self.failure = self.failure or failure
        raise Stopped

    def require_going(self) -> None:
        """Raise `Stopped` in a process when all is over."""
        if self.is_stopped or self.failure is not None:
            raise Stopped

    def start(self, name: str, act: Callable[[Process], None]) -> Process:
        process = Process(self, name, act)
        self._processes.append(process)
        return process

    def run(self, until: Callable[[], bool]) -> None:
        """Give turns until `until` is true or everybody has finished; raise what a process failed of."""
        while not until():
            self._processes = [process for process in self._processes if not process.is_finished]
            if not self._processes:
                return
            able = [each for each in self._processes if each.condition is None or each.condition()]
            awake = [each for each in able if each.wakes_at <= self.time.microseconds]
            if not able:
                raise Starved(f"{[each.name for each in self._processes]} wait for each other")
            if not awake:
                self.time.microseconds = min(each.wakes_at for each in able)
                continue
            self.turns += 1
            self.time.pass_by(self._random.uniform(0.0001, PRIORITY_LEASE_SECONDS))
            self._random.choice(awake).resume()
            if self.failure is not None:
                raise self.failure

    def stop(self) -> None:
        """End all processes, where they stand."""
        self.is_stopped = True
        for process in self._processes:
            if not process.is_finished:
                process.resume()
            process.join()
        self._processes = []
