"""The cost of counting DynamoDB's calls and of the log line: CPU time compared with bare calls in one run.

Run: ``python tests/benchmarks/log_line.py``.  DynamoDB's responses are made within the process, so the calls
are as short as possible, and the ratios as high as possible.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from botocore.awsrequest import AWSResponse

from inventory_common.declarations import PUBLIC, ResponseSpec, route
from inventory_common.dynamodb import connect, measured
from inventory_common.identity import TokenVerifier
from inventory_common.log_lines import log_event
from inventory_common.requests import Request
from inventory_common.responses import json_response
from inventory_common.rest import RestService

CALLS = 40
PAIRS = 101
KEY = {"product_id": {"S": "PROD-E4F9A"}}
RESPONSE = (
    b'{"Item":{"product_id":{"S":"PROD-E4F9A"}},"ConsumedCapacity":{"TableName":"t","CapacityUnits":0.5}}'
)
EVENT = {
    "path": "/things",
    "headers": {},
    "requestContext": {"httpMethod": "GET", "resourcePath": "/things", "path": "/things"},
}
HOOKS = ("before-parameter-build", "after-call", "after-call-error")


def fake_response(request: Any, **_: Any) -> AWSResponse:
    """Return a response in place of DynamoDB's."""
    response = AWSResponse(request.url, 200, {}, None)
    response._content = RESPONSE
    return response


def client(*, counts: bool) -> Any:
    """Make a client that counts its calls, or one without the library's hooks."""
    made = connect()
    made.meta.events.register("before-send.dynamodb", fake_response)
    if not counts:
        from inventory_common import dynamodb

        hooks = (dynamodb._request_units, dynamodb._count_responded, dynamodb._count_failed)
        for event, hook in zip(HOOKS, hooks, strict=True):
            made.meta.events.unregister(f"{event}.dynamodb", hook)
    return made


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU time of some rounds."""
    before = time.process_time()
    for _ in range(CALLS):
        work()
    return time.process_time() - before


def compared(name: str, work: Callable[[], object], bare: Callable[[], object]) -> None:
    """Print the median ratio of pairs measured in turn."""
    ratios = [cpu_seconds(work) / cpu_seconds(bare) for _ in range(PAIRS)]
    print(f"{name:45} {median(ratios):.3f} of a bare GetItem", file=sys.stderr)


def main() -> None:
    """Print one line for each cost; log lines are dropped."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        os.environ[name] = "test"
    bare, counting = client(counts=False), client(counts=True)
    app = RestService("things", verifier=TokenVerifier("", "", (), ()))

    def get(one: Any) -> Any:
        return one.get_item(TableName="t", Key=KEY)

    def counted() -> None:
        with measured():
            get(counting)

    class Things:
        @route("GET", "/things", allowed_roles=PUBLIC, response=ResponseSpec(dict[str, str]))
        def view(self, request: Request[None]) -> Any:
            get(counting)
            return json_response({"status": "ok"})

    app.add(Things())
    fields = {f"field_{number}": "value" for number in range(14)}
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115  (open to the end of the process)
    compared("GetItem, counted", counted, lambda: get(bare))
    compared(
        "a log line alone", lambda: log_event("things", "request", level="INFO", **fields), lambda: get(bare)
    )
    compared("a whole request with one GetItem", lambda: app(EVENT, None), lambda: get(bare))


if __name__ == "__main__":
    main()
