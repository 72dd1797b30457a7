"""Runs the code of CloudFront functions in Node, without what their runtime lacks."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from deploy.errors import DeployError
from deploy.node import find_node
from tests.infrastructure.terraform import CONFIGURATION
from tests.support.needs import not_here

FUNCTIONS = CONFIGURATION / "console" / "functions"
CODE_MAX_BYTES = 10_240
"""The most that CloudFront accepts."""

_DRIVER = """
const vm = require('vm');
const { code, events } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const context = vm.createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } });
vm.runInContext(code, context);
const handle = vm.runInContext('(text) => JSON.stringify(handler(JSON.parse(text)))', context);
console.log(JSON.stringify(events.map((event) => JSON.parse(handle(JSON.stringify(event))))));
"""


def code_of(name: str) -> str:
    """Return the code of a function as Terraform puts it together."""
    return "\n".join((FUNCTIONS / f"{part}.js").read_text(encoding="utf-8") for part in (name, "not_found"))


def run(name: str, paths: list[str], **request: Any) -> list[dict[str, Any]]:
    """Return what a function returns for viewer requests of these paths.

    Parameters
    ----------
    name : str
        ``pages`` or ``api``.
    paths : list of str
        As browsers send them, without their queries.
    **request
        Further members of each request.
    """
    try:
        node = find_node()
    except DeployError as error:
        not_here(str(error))
    plain = {"method": "GET", "querystring": {}, "headers": {}, "cookies": {}}
    events = [
        {
            "version": "1.0",
            "context": {"eventType": "viewer-request", "requestId": "some-request"},
            "viewer": {"ip": "192.0.2.1"},
            "request": {**plain, **request, "uri": path},
        }
        for path in paths
    ]
    done = subprocess.run(
        [node.program, "-e", _DRIVER],
        input=json.dumps({"code": code_of(name), "events": events}),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    returned: list[dict[str, Any]] = json.loads(done.stdout)
    return returned
