"""Plays an engine's recorded answers, so that what is measured beside it is the client's CPU alone.

Run: ``python -m tests.benchmarks.performance.player ANSWERS``, a JSON file of ``operation → call → base64``.
Prints its address.  ``GET /play/OPERATION`` chooses whose answers are played.
"""

from __future__ import annotations

import base64
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


def server(answers: dict[str, dict[str, bytes]]) -> ThreadingHTTPServer:
    """Return a server of these answers, on a free port of this machine."""
    playing: dict[str, bytes] = {}

    class Player(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            playing.clear()
            playing.update(answers[self.path.rpartition("/")[2]])
            self._answer(b"{}")

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(playing[self.headers["X-Amz-Target"].rpartition(".")[2]])

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return ThreadingHTTPServer(("127.0.0.1", 0), Player)


def main(path: str) -> None:
    """Play until stopped."""
    recorded = json.loads(Path(path).read_text(encoding="utf-8"))
    answers = {
        operation: {call: base64.b64decode(answer) for call, answer in calls.items()}
        for operation, calls in recorded.items()
    }
    playing = server(answers)
    print(f"http://127.0.0.1:{playing.server_port}", flush=True)
    playing.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
