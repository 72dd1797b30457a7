"""The services in memory behind real HTTP, for a command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

NAMES = ("FRONT", "CATALOG", "STOCK", "AUDIT")


@contextmanager
def served(services):
    """Serve the services at one address, which is yielded."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            url = f"http://{self.headers['Host']}{self.path}"
            answer = services.handle(
                httpx.Request(self.command, url, headers=dict(self.headers), content=content)
            )
            with suppress(OSError):  # The client may have been killed.
                self.send_response(answer.status_code)
                for name, value in answer.headers.items():
                    if name.lower() not in ("content-length", "transfer-encoding"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def start(url, tmp_path, *arguments, stdout=subprocess.PIPE):
    """Start the command line in a process of its own, whose standard input is no terminal."""
    environ = os.environ | {f"{name}_URL": url for name in NAMES}
    environ |= {
        "INVENTORY_CONFIG": str(tmp_path / "config.toml"),
        "INVENTORY_STATE": str(tmp_path / "imports"),
        "HOME": str(tmp_path),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "inventory_cli", *map(str, arguments)],
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
    )
