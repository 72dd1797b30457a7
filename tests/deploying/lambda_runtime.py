"""Runs handlers under Lambda's own runtime client, awslambdaric, with the Runtime API in this process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from typing import Any

from tests.support.needs import not_here

_CLIENT = ("awslambdaric", "runtime_client", "snapshot_restore_py", "simplejson")
"""The runtime client: its package, its extension, and what it imports."""
_API = "/2018-06-01/runtime"
TIMEOUT_SECONDS = 60.0


def link_packages(names: Sequence[str], folder: Path) -> Path:
    """Link packages and modules that are installed here into a folder, and return it."""
    for name in names:
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            not_here(f"{name} is not installed: requirements/develop.txt has it, for Linux.")
        origin = Path(spec.origin)
        origin = origin.parent if origin.name == "__init__.py" else origin
        (folder / origin.name).symlink_to(origin)
    return folder


@dataclass(frozen=True)
class InvocationError:
    """What the runtime client reports of an invocation whose function raised an error."""

    kind: str
    message: str


class LambdaRuntime:
    """A runtime of Python on Lambda.

    Parameters
    ----------
    lambda_packages
        A folder with the libraries that Lambda provides.
    folder
        An empty folder, for the runtime client.
    """

    def __init__(self, lambda_packages: Path, folder: Path) -> None:
        self._path = [str(link_packages(_CLIENT, folder)), str(lambda_packages)]

    def run(
        self,
        code: Path,
        handler: str,
        events: Sequence[Any],
        environment: Mapping[str, str],
        *,
        may_fail: bool = False,
    ) -> tuple[list[Any], str]:
        """Start a copy of a function, invoke it with each event, and return the responses and its output.

        Parameters
        ----------
        code
            The folder with the unpacked zip.
        handler
            Such as ``app.app``.
        events
            One invocation each.
        environment
            The function's variables, and those that Lambda sets.
        may_fail
            Whether an invocation may end with an error: its response is an `InvocationError`.
        """
        with _runtime_api(events) as api:
            # -S: no site-packages of this machine; -B: no bytecode is written.
            program = (
                f"import sys; sys.path[:0] = [{str(code)!r}, *{self._path!r}]\n"
                f"from awslambdaric.__main__ import main; main(['', {handler!r}])"
            )
            with subprocess.Popen(
                [sys.executable, "-B", "-S", "-c", program],
                cwd=code,
                env={**environment, "AWS_LAMBDA_RUNTIME_API": api.address},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ) as process:
                api.finished.wait(TIMEOUT_SECONDS)
                process.kill()
                output = process.communicate()[0]
        assert len(api.responses) == len(events), output
        assert may_fail or not any(isinstance(each, InvocationError) for each in api.responses), output
        return api.responses, output


class _RuntimeApi(ThreadingHTTPServer):
    """Lambda's Runtime API, for one copy of a function."""

    daemon_threads = True

    def __init__(self, events: Sequence[Any]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.expected = len(events)
        self.responses: list[Any] = []
        self.finished = Event()
        self.events: Queue[bytes | None] = Queue()
        for event in events:
            self.events.put(json.dumps(event).encode())

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: _RuntimeApi

    def do_GET(self) -> None:
        """Hand out the next event; when there is none, let the function wait."""
        assert self.path == f"{_API}/invocation/next"
        if len(self.server.responses) == self.server.expected:
            self.server.finished.set()
        body = self.server.events.get()
        if body is None:
            return
        self.send_response(200)
        for name, value in {
            "Lambda-Runtime-Aws-Request-Id": f"request-{len(self.server.responses) + 1}",
            "Lambda-Runtime-Deadline-Ms": "9999999999999",
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:ap-south-1:000000000000:function:test",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """Take a response or an error; a function that cannot start has neither, which fails the test."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"null")
        if self.path.endswith("/response"):
            self.server.responses.append(body)
        elif self.path.endswith("/init/error"):
            self.server.finished.set()
        else:
            self.server.responses.append(InvocationError(body["errorType"], body["errorMessage"]))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Print nothing: the output of tests is for failures."""


@contextmanager
def _runtime_api(events: Sequence[Any]) -> Iterator[_RuntimeApi]:
    server = _RuntimeApi(events)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.events.put(None)  # for the handler that waits for an event
        server.shutdown()
        thread.join()
        server.server_close()
