"""Calls that do not depend on each other, several at once: each waits for DynamoDB most of its time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Final, TypeVar

__all__ = ["side_by_side"]

_T = TypeVar("_T")

_AT_ONCE: Final = 8


def side_by_side(subjects: Iterable[_T], act: Callable[[_T], None]) -> None:
    """Call a function with each subject in threads, in this one's context; raise the error of the first that
    fails, after all have ended.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        # A context can be entered once at a time: each call has a copy.
        calls = [pool.submit(copy_context().run, act, subject) for subject in subjects]
    for call in calls:
        call.result()
