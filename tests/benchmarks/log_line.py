"""What counting DynamoDB's calls and writing the log line cost, CPU time against bare calls in one run.

Run: ``python tests/benchmarks/log_line.py``.  DynamoDB's answers are made up within the process, so the calls
are as short as calls can be, and the ratios the highest that can be.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from botocore.awsrequest import AWSResponse

from inventory_common.dynamodb import connect, measured
from inventory_common.identity import TokenVerifier
from inventory_common.log_lines import log_event
from inventory_common.responses import answer
from inventory_common.rest import PUBLIC, RestService

CALLS = 40
PAIRS = 101
KEY = {"product_id": {"S": "PROD-E4F9A"}}
ANSWER = (
    b'{"Item":{"product_id":{"S":"PROD-E4F9A"}},"ConsumedCapacity":{"TableName":"t","CapacityUnits":0.5}}'
)
EVENT = {
    "path": "/things",
    "headers": {},
    "requestContext": {"httpMethod": "GET", "resourcePath": "/things", "path": "/things"},
}
HOOKS = ("before-parameter-build", "after-call", "after-call-error")


def made_up(request: Any, **_: Any) -> AWSResponse:
    """Answer in DynamoDB's place."""
    response = AWSResponse(request.url, 200, {}, None)
    response._content = ANSWER
    return response


def client(*, counts: bool) -> Any:
    """Make a client that counts its calls, or one without the library's hooks."""
    made = connect()
    made.meta.events.register("before-send.dynamodb", made_up)
    if not counts:
        from inventory_common import dynamodb

        hooks = (dynamodb._ask_for_units, dynamodb._count_answered, dynamodb._count_unanswered)
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
    """Print one line for each thing that is paid for; log lines go nowhere."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        os.environ[name] = "test"
    bare, counting = client(counts=False), client(counts=True)
    app = RestService("things", verifier=TokenVerifier("", "", (), ()))

    def get(one: Any) -> Any:
        return one.get_item(TableName="t", Key=KEY)

    def counted() -> None:
        with measured():
            get(counting)

    def view(_: Any) -> Any:
        get(counting)
        return answer({"status": "ok"})

    app.route("/things", methods=["GET"], allowed_roles=PUBLIC)(view)
    fields = {f"field_{number}": "value" for number in range(14)}
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115  (open to the end of the process)
    compared("GetItem, counted", counted, lambda: get(bare))
    compared("a log line alone", lambda: log_event("things", "request", **fields), lambda: get(bare))
    compared("a whole request with one GetItem", lambda: app(EVENT, None), lambda: get(bare))


if __name__ == "__main__":
    main()
