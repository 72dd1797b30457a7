"""A change whose answer is lost is sent again, until it is known whether it was executed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .change_ids import SLOTS
from .dynamodb import expected_error, is_outcome_unknown
from .errors import OutcomeUnknown, Unavailable

__all__ = ["LostAnswers"]


class LostAnswers:
    """Knows whether a change that a command sends repeatedly may have been executed.

    The change is sent again as it was: if it was executed, its condition fails, and finds its id in the item
    (`change_ids`)::

        with lost.reported():
            for _ in retry_policy.attempts():
                answer = None
                with lost.noted():
                    answer = write()
                if answer is None:
                    continue
    """

    def __init__(self) -> None:
        self._failure: Exception | None = None

    def __bool__(self) -> bool:
        """Whether the change may have been executed."""
        return self._failure is not None

    @contextmanager
    def reported(self) -> Iterator[None]:
        """Raise `OutcomeUnknown` in place of another `Unavailable`, which says that nothing was done."""
        try:
            yield
        except Exception as failure:
            if self._failure is None or not isinstance(expected_error(failure), Unavailable):
                raise
            raise OutcomeUnknown() from self._failure

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Suppress the error of a write that may have been executed, and note it."""
        try:
            yield
        except Exception as failure:
            if not is_outcome_unknown(failure):
                raise
            self._failure = failure

    def note(self) -> None:
        """Note that botocore got no answer, sent the write again by itself, and that one was refused."""
        self._failure = self._failure or OutcomeUnknown()

    def settle(self, changes: int) -> None:
        """Note that the change was not executed, and cannot be any more: the item has changed since.

        Parameters
        ----------
        changes
            How many times the item was changed since the version that is the change's condition; none of the
            ids that it stores is that of the change.

        Raises
        ------
        OutcomeUnknown
            If these are more than there are ids.
        """
        if self._failure is not None and changes > SLOTS:
            raise OutcomeUnknown() from self._failure
        self._failure = None
