"""Processes that die between two calls of DynamoDB."""

from __future__ import annotations

from typing import Any

__all__ = ["MortalClient", "ProcessDied", "die"]


class ProcessDied(BaseException):
    """The process has died: no handler of the product catches that."""


def die() -> None:
    raise ProcessDied


class MortalClient:
    """A client whose process dies after so many calls; the response to the last one is lost."""

    def __init__(self, client: Any, calls: int) -> None:
        self._client = client
        self._calls_left = calls
        self.exceptions = client.exceptions

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        def call(**arguments: Any) -> Any:
            self._calls_left -= 1
            response = method(**arguments)
            if self._calls_left == 0:
                die()
            return response

        return call
