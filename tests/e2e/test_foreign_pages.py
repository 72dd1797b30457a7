"""A web page of another origin in a real browser reads nothing of the running stack and changes nothing."""

from __future__ import annotations

import base64
import html
import io
import json
import os
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from local.children import Child, stop_children
from local.embedded_aws import health_url
from local.environment import embedded_aws_environment
from local.fetch import answers_ok
from local.ports import free_port
from local.settings import HOST, SERVICES
from tests.e2e.browser import look_at
from tests.e2e.running_stack import RunningStack
from tests.integration.ledger_checks import everything_in
from tests.integration.processes import wait_until

EVIL = "evil.example"
"""A host name of somebody else, which resolves to 127.0.0.1 here."""

PAGE = """\
<!doctype html>
<title>Another site</title>
<pre id="seen">unfinished</pre>
<script>
const attempts = %s, seen = {};
const embed = (kind, url) => new Promise(resolve => {
  const element = document.createElement(kind);
  element.onload = () => resolve("loaded");
  element.onerror = () => resolve(null);
  element.src = url;
  document.body.append(element);
});
const post = (url, body) => new Promise(resolve => {  // a form in a frame, as of the oldest browsers
  const frame = document.createElement("iframe"), form = document.createElement("form");
  frame.name = "target";
  form.method = "post"; form.action = url; form.target = "target"; form.enctype = "text/plain";
  const field = document.createElement("input");
  field.name = body; field.value = "";
  form.append(field);
  document.body.append(frame, form);
  form.submit();
  const read = () => { try { return frame.contentDocument.body.innerText || null; } catch { return null; } };
  setTimeout(() => resolve(read()), 3000);
});
(async () => {
  for (const [name, kind, url, options] of attempts) {
    if (kind === "fetch") {
      try { seen[name] = await (await fetch(url, options)).text(); } catch { seen[name] = null; }
    } else if (kind === "form") {
      seen[name] = await post(url, options.body);
    } else {
      seen[name] = await embed(kind, url);
    }
  }
  document.getElementById("seen").textContent = JSON.stringify(seen);
})();
</script>
"""

Attempt = tuple[str, str, str, dict[str, Any]]
"""A name, how the page tries, the address, and options of `fetch`."""

Show = Callable[[list[Attempt], str], dict[str, Any]]


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Show]:
    """Open a page of another origin, and return by attempt what it could read."""
    document = b""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(document)

        def log_message(self, *_: Any) -> None:
            """Say nothing: test output is for failures."""

    server = ThreadingHTTPServer((HOST, 0), Site)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()

    def open_page(attempts: list[Attempt], host: str) -> dict[str, Any]:
        nonlocal document
        document = (PAGE % json.dumps(attempts)).encode()
        page, output = look_at(f"http://{host}:{server.server_port}/", tmp_path, EVIL)
        found = re.search(r'<pre id="seen">(.*?)</pre>', page, re.S)
        assert found is not None, output
        seen: dict[str, Any] = json.loads(html.unescape(found[1]))
        assert list(seen) == [name for name, *_ in attempts]
        return seen

    try:
        yield open_page
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def on_aws(url: str, trace: Path) -> list[Attempt]:
    """Return attempts to read the tables, and to run code that leaves a file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("f.py", f"def handle(event, context):\n    open({str(trace)!r}, 'w').close()\n")
    function = {
        "FunctionName": "f",
        "Runtime": "python3.11",
        "Role": "arn:aws:iam::000000000000:role/r",
        "Handler": "f.handle",
        "Code": {"ZipFile": base64.b64encode(packed.getvalue()).decode()},
    }
    functions = f"{url}/2015-03-31/functions"
    plain = {"method": "POST", "mode": "no-cors"}
    target = {"X-Amz-Target": "DynamoDB_20120810.ListTables"}
    return [
        ("the tables", "fetch", url, {"method": "POST", "headers": target, "body": "{}"}),
        ("the buckets", "fetch", url, {}),
        ("health", "fetch", health_url(int(url.rpartition(":")[2])), {}),
        ("a function", "fetch", functions, plain | {"body": json.dumps(function)}),
        ("its run", "fetch", f"{functions}/f/invocations", plain | {"body": "{}"}),
        ("a reset", "fetch", f"{url}/_ministack/reset", plain),
        ("a bucket by a form", "form", f"{url}/", {"body": "Action=ListBuckets"}),
    ]


def on_stack(stack: RunningStack) -> list[Attempt]:
    """Return attempts to fetch tokens and to use services, by all means that pages have."""
    token = f"{stack.url('front')}/token?role=admin"
    attempts: list[Attempt] = [
        ("a token", "fetch", token, {}),
        ("a token without CORS", "fetch", token, {"mode": "no-cors"}),
        ("a token as a script", "script", token, {}),
        ("a token as an image", "img", token, {}),
        ("the keys", "fetch", f"{stack.url('front')}/.well-known/jwks.json", {}),
        ("the index page", "fetch", stack.url("front"), {}),
    ]
    bearer = {"headers": {"Authorization": "Bearer x"}}
    for name in SERVICES:
        url = stack.url(name)
        attempts += [
            (f"{name}: health", "fetch", f"{url}/health", {}),
            (f"{name}: document", "fetch", f"{url}/openapi.json", {}),
            (f"{name}: program", "script", f"{url}/docs/redoc.standalone.js", {}),
            (f"{name}: with a token", "fetch", f"{url}/vendors/VENDOR-001/products", bearer),
            (f"{name}: a form", "form", f"{url}/products", {"body": "{}"}),
        ]
    return attempts


@pytest.mark.parametrize("host", [HOST, EVIL])
def test_a_page_of_another_origin_reads_nothing_and_changes_nothing(
    stack: RunningStack, client: Any, show: Show, tmp_path: Path, host: str
) -> None:
    """From another site, and from another port of this machine, which browsers take for the same site."""
    before, trace = everything_in(client), tmp_path / "ran"
    seen = show(on_aws(stack.url("aws"), trace) + on_stack(stack), host)
    # A page cannot read a response without CORS, but learns that there was one.
    assert {name: what for name, what in seen.items() if what} == {}
    assert not trace.exists()
    assert everything_in(client) == before


def test_the_same_page_reads_an_unguarded_emulator_and_runs_code(show: Show, tmp_path: Path) -> None:
    """The attempts above are real ones: ministack itself answers them."""
    port, folder, trace = free_port(), tmp_path / "aws", tmp_path / "ran"
    folder.mkdir()
    environment = embedded_aws_environment(port, folder, os.environ, None)
    child = Child("aws", ["ministack"], environment, tmp_path / "aws.log")
    try:
        wait_until(lambda: answers_ok(health_url(port)), "an unguarded emulator")
        seen = show(on_aws(f"http://{HOST}:{port}", trace)[:5], EVIL)
        assert "TableNames" in seen["the tables"]
        assert "ListAllMyBucketsResult" in seen["the buckets"]
        wait_until(trace.exists, "code of the page has run")
    finally:
        stop_children([child])


@pytest.mark.parametrize(
    ("name", "path", "content"),
    [
        ("front", "/token?role=admin", "eyJ"),
        ("front", "/", "running on this machine"),
        ("catalog", "/openapi.json", "openapi"),
        ("stock", "/health", "inventory-stock"),
        ("audit", "/docs/redoc.standalone.js", "Redoc"),
        ("aws", "/", "ListAllMyBucketsResult"),
    ],
)
def test_a_host_name_that_was_changed_to_resolve_to_this_machine_gets_nothing(
    stack: RunningStack, tmp_path: Path, name: str, path: str, content: str
) -> None:
    """After DNS rebinding, the page's own origin is the server: no CORS would stop it."""
    own, _ = look_at(f"{stack.url(name)}{path}", tmp_path / "own")
    assert content in own
    rebound, _ = look_at(f"{stack.url(name).replace(HOST, EVIL)}{path}", tmp_path / "rebound", EVIL)
    assert content not in rebound
    assert "is not a loopback address" in rebound
