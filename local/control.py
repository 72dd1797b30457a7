"""Commands from the supervisor to a process that it has started, over a pair of sockets.

A command and its reply are one line of JSON each.  The pair is inherited, so no other program can send one,
and nothing listens on a port.
"""

from __future__ import annotations

import json
import os
import select
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from local.errors import StackError

CONTROL_VARIABLE = "CONTROL_FD"
"""The environment variable with the file descriptor of a process's end."""
WAIT_SECONDS = 0.05

Message = dict[str, Any]


class NoReply(StackError):
    """A process has not replied in time."""


class Channel:
    """The supervisor's end.

    Parameters
    ----------
    name : str
        The process at the other end, for messages.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._own, self._other = socket.socketpair()
        self._own.setblocking(False)
        self._received = b""
        self._last_id = 0

    @property
    def child_descriptor(self) -> int:
        """The file descriptor that the process inherits."""
        return self._other.fileno()

    def close_child_end(self) -> None:
        """Close the process's end here, once the process has inherited it."""
        self._other.close()

    def close(self) -> None:
        """Close both ends."""
        self._own.close()
        self._other.close()

    def send(self, command: str, **arguments: Any) -> int:
        """Send a command and return its id; nothing happens if the process has ended."""
        self._last_id += 1
        line = json.dumps({"id": self._last_id, "command": command, **arguments}) + "\n"
        with suppress(BrokenPipeError, ConnectionResetError):  # the supervisor watches its processes
            self._own.sendall(line.encode())
        return self._last_id

    def ask(
        self, command: str, check: Callable[[], None], *, seconds: float | None = None, **arguments: Any
    ) -> Message:
        """Send a command and return the reply.

        Parameters
        ----------
        command : str
            The command.
        check : Callable[[], None]
            Called repeatedly while waiting; its errors end the wait.
        seconds : float, optional
            How long to wait; without an end if None.
        **arguments : Any
            Of the command, of JSON's types.

        Raises
        ------
        NoReply
            If there is none in time.
        """
        return self.wait(self.send(command, **arguments), check, seconds=seconds)

    def wait(self, wanted: int, check: Callable[[], None], *, seconds: float | None = None) -> Message:
        """Return the reply to the command with an id, as `ask` does."""
        waited = 0.0
        while True:
            check()
            for message in self._receive():
                # The reply to an earlier command is late: nobody waits for it any more.
                if message["id"] == wanted:
                    return message
            waited += WAIT_SECONDS
            if seconds is not None and waited > seconds:
                raise NoReply(f"{self._name} did not reply within {seconds:.0f} seconds")

    def _receive(self) -> list[Message]:
        if not select.select([self._own], [], [], WAIT_SECONDS)[0]:
            return []
        try:
            data = self._own.recv(65_536)
        except (BlockingIOError, ConnectionResetError):
            return []
        if not data:
            # Closed: the next check finds that the process has ended.
            select.select([], [], [], WAIT_SECONDS)
            return []
        *lines, self._received = (self._received + data).split(b"\n")
        return [json.loads(line) for line in lines]


def inherited_socket() -> socket.socket | None:
    """Return this process's end of the channel; None if the supervisor has given it none."""
    descriptor = os.environ.get(CONTROL_VARIABLE)
    return None if descriptor is None else socket.socket(fileno=int(descriptor))


class Commands:
    """The commands that a process without an event loop receives.

    Parameters
    ----------
    connection : socket.socket, optional
        This process's end; None if nobody sends commands.
    """

    def __init__(self, connection: socket.socket | None) -> None:
        self._connection = connection
        self._received = b""

    def wait(self, seconds: float | None) -> Message | None:
        """Return the next command; None if none arrives in time, or ever (`seconds` is None)."""
        if self._connection is None:
            select.select([], [], [], seconds)
            return None
        while b"\n" not in self._received:
            if not select.select([self._connection], [], [], seconds)[0]:
                return None
            data = self._connection.recv(65_536)
            if not data:
                # The supervisor has ended, and so does this process, by its standard input.
                self._connection.close()
                self._connection = None
                return None
            self._received += data
        line, _, self._received = self._received.partition(b"\n")
        command: Message = json.loads(line)
        return command

    def reply(self, command: Message, **values: Any) -> None:
        """Reply to a command."""
        if self._connection is not None:
            self._connection.sendall(json.dumps({"id": command["id"], **values}).encode() + b"\n")
