"""Virtual processes that run one at a time, in an order that the seed determines.

Each process is a thread, and cooperates: it runs until it gives way.  The scheduler then advances the time a
little and resumes one of those that can run.  Nothing else runs meanwhile, so a seed has one history.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from random import Random
from typing import NoReturn

from tests.simulation.virtual_clock import VirtualTime

SLICE_MAX_SECONDS = 0.003
"""The longest time slice of a process."""


class ProcessCrashed(BaseException):
    """The process has crashed; like SystemExit, no handler of errors should catch it."""


class Stopped(BaseException):
    """The simulation is over."""


class Starved(AssertionError):
    """No process can run, and some have not finished."""


class Process:
    """A virtual process: a function that calls `give_way` and `sleep` in between."""

    def __init__(self, scheduler: Scheduler, name: str, work: Callable[[Process], None]) -> None:
        self.name = name
        self.wakes_at = scheduler.time.microseconds
        self.condition: Callable[[], bool] | None = None
        self.is_finished = False
        self._scheduler = scheduler
        self._work = work
        self._may_run = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, name=f"simulated {name}", daemon=True)
        self._thread.start()

    def give_way(self) -> None:
        """Let others run; return when the scheduler resumes this process."""
        self._scheduler.require_running()
        self._scheduler.returned.release()
        self._may_run.acquire()
        self._scheduler.require_running()

    def sleep(self, seconds: float) -> None:
        """Give way for so long."""
        self.wakes_at = self._scheduler.time.microseconds + round(seconds * 1_000_000)
        self.give_way()

    def wait(self, condition: Callable[[], bool]) -> None:
        """Give way until the condition is true."""
        self.condition = condition
        self.give_way()
        self.condition = None

    def resume(self) -> None:
        """Run this process until it gives way; called by the scheduler."""
        self._may_run.release()
        self._scheduler.returned.acquire()

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        self._may_run.acquire()
        try:
            if not self._scheduler.is_stopped:
                self._work(self)
        except Stopped:
            pass
        except BaseException as error:
            self._scheduler.failure = self._scheduler.failure or error
        finally:
            self.is_finished = True
            self._scheduler.returned.release()


class Scheduler:
    """Runs processes, one time slice after another.

    Attributes
    ----------
    failure
        The unexpected error that ended a process; `run` raises it.
    """

    def __init__(self, random: Random, time: VirtualTime) -> None:
        self.time = time
        self.slices = 0
        self.returned = threading.Semaphore(0)
        self.is_stopped = False
        self.failure: BaseException | None = None
        self._random = random
        self._processes: list[Process] = []

    def fail(self, failure: BaseException) -> NoReturn:
        """End the simulation, even if the calling process would handle an exception."""
        self.failure = self.failure or failure
        raise Stopped

    def require_running(self) -> None:
        """Raise `Stopped` in a process when the simulation is over."""
        if self.is_stopped or self.failure is not None:
            raise Stopped

    def start(self, name: str, work: Callable[[Process], None]) -> Process:
        process = Process(self, name, work)
        self._processes.append(process)
        return process

    def run(self, until: Callable[[], bool]) -> None:
        """Run processes until `until` is true or all have finished; raise the error of a failed process."""
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
            self.slices += 1
            self.time.advance(self._random.uniform(0.0001, SLICE_MAX_SECONDS))
            self._random.choice(awake).resume()
            if self.failure is not None:
                raise self.failure

    def stop(self) -> None:
        """End all processes."""
        self.is_stopped = True
        for process in self._processes:
            if not process.is_finished:
                process.resume()
            process.join()
        self._processes = []
