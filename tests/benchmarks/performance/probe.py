"""One service in this process, asked as API Gateway asks it, with an eye on every call of DynamoDB.

Run by the parts of the benchmark: ``python -m tests.benchmarks.performance.probe JOB SERVICE RESULT``, with
the service's settings in the environment.  The services' modules have the same names: each has a process.
"""

from __future__ import annotations

import base64
import importlib
import json
import os
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[3]
for place in (ROOT / "libs" / "common", ROOT / "tests" / "support"):
    sys.path.insert(0, str(place))

import boto3  # noqa: E402
import botocore.session  # noqa: E402
from front_door import Client, write  # noqa: E402

from inventory_common.ids import StockKey  # noqa: E402
from tests.benchmarks.performance.cpu import ROUNDS, ratio_of_cpu  # noqa: E402
from tests.benchmarks.performance.operations import NOT_TIMED, OPERATIONS, Ask, Operation  # noqa: E402
from tests.benchmarks.performance.shape import sku_id  # noqa: E402

SCALE_WARM_UP_SECONDS: Final = 8.0
SCALE_REPEATS: Final = 100
RESERVED: Final = 9_000
"""Units of each SKU to reserve before the settling of one is measured, over and over."""
WARM_UP: Final = "warm_up"
"""Whose answers let the stock service cache its SKUs."""


@dataclass
class Call:
    """A call of DynamoDB: what was asked, what it cost by the engine's account, what came back."""

    name: str
    params: dict[str, Any]
    consumed: list[dict[str, Any]] = field(default_factory=list)
    answer: bytes = b""


class Probe:
    """A service behind its front door."""

    def __init__(self, service: str) -> None:
        from inventory_common import dynamodb

        self.clients: list[Any] = []
        self.calls: list[Call] | None = None
        connect = dynamodb.connect

        def watched() -> Any:
            client = connect()
            client.meta.events.register_first("before-parameter-build.dynamodb", self._ask)
            client.meta.events.register("after-call.dynamodb", self._answered)
            self.clients.append(client)
            return client

        dynamodb.connect = watched
        sys.path.insert(0, str(ROOT / "services" / service))
        self.app = importlib.import_module("app").app
        dynamodb.connect = connect
        self._door = Client(self.app)
        self._tokens: dict[str, str] = json.loads(os.environ["TOKENS"])

    def event(self, ask: Ask) -> dict[str, Any]:
        """Return a request as API Gateway hands it over."""
        headers = {"Authorization": f"Bearer {self._tokens[ask.role]}"}
        if ask.key is not None:
            headers["Idempotency-Key"] = ask.key
        body = None if ask.body is None else write(ask.body)
        return self._door.event(ask.method, ask.address, headers, body)

    def ask(self, ask: Ask) -> None:
        """Ask, and raise an error if it is refused."""
        answer = self.app(self.event(ask), None)
        results = json.loads(answer["body"]).get("results", []) if answer["body"] else []
        statuses = [answer["statusCode"], *(each["status_code"] for each in results)]
        if max(statuses) >= 300:
            raise RuntimeError(f"{ask} is answered {answer}")

    @contextmanager
    def watching(self) -> Iterator[list[Call]]:
        """Note every call of DynamoDB, and let the engine tell its cost by table and index."""
        self.calls = []
        try:
            yield self.calls
        finally:
            self.calls = None

    def _ask(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        if self.calls is not None:
            if "ReturnConsumedCapacity" in model.input_shape.members:
                params["ReturnConsumedCapacity"] = "INDEXES"
            self.calls.append(Call(model.name, dict(params)))

    def _answered(self, http_response: Any, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        if self.calls is not None:
            consumed = parsed.get("ConsumedCapacity") or []
            call = self.calls[-1]
            call.consumed = consumed if isinstance(consumed, list) else [consumed]
            call.answer = http_response.content


def bare_client() -> Any:
    """Return a client as anybody makes one; that of a service reads items by a parser of its own."""
    return boto3.Session(botocore_session=botocore.session.get_session()).client("dynamodb")


def operations_of(service: str) -> list[Operation]:
    """Return the operations that a service has."""
    return [operation for operation in OPERATIONS if operation.service == service]


def measured(probe: Probe, operation: Operation) -> tuple[list[Call], Any, Any]:
    """Do an operation whose SKUs are cached; return its calls, and all tables before and after it."""
    for number in (0, 1):
        *first, last = operation.asks(number)
        for each in first:
            probe.ask(each)
        if number == 0:
            probe.ask(last)
    before = tables()
    with probe.watching() as calls:
        probe.ask(last)
    return calls, before, tables()


def tables() -> dict[str, list[Any]]:
    """Return all items of all tables."""
    client = boto3.client("dynamodb")
    names = client.list_tables()["TableNames"]
    pages = {name: client.get_paginator("scan").paginate(TableName=name) for name in names}
    return {name: [item for page in pages[name] for item in page["Items"]] for name in names}


def capacity(service: str) -> dict[str, Any]:
    """Return the calls of each operation with their cost, the tables before and after, and the answers."""
    probe = Probe(service)
    found = {}
    for operation in (
        *operations_of(service),
        *(each for each in NOT_TIMED if each.service == service),
    ):
        calls, before, after = measured(probe, operation)
        found[operation.name] = {
            "calls": [{"name": call.name, "consumed": call.consumed} for call in calls],
            "before": before,
            "after": after,
            "answers": answers_of(calls),
        }
    if service == "stock":
        found[WARM_UP] = {"answers": answers_of(place_all(probe))}
    return found


def place_all(probe: Probe) -> list[Call]:
    """Place an order of many SKUs in a process that has cached none of them; return its calls."""
    cache = importlib.import_module("chalicelib.bootstrap").engine().executor.sku_cache
    cache.discard_all([StockKey.of(sku_id(number)) for number in range(49)])
    *_, last = next(each for each in OPERATIONS if each.name == "place_49").asks(2)
    with probe.watching() as calls:
        probe.ask(last)
    return calls


def answers_of(calls: Sequence[Call]) -> dict[str, str]:
    """Return the answers by their calls, for the player."""
    return {call.name: base64.b64encode(call.answer).decode() for call in calls}


def overhead(service: str) -> dict[str, float]:
    """Return the CPU of a whole handler call over that of the bare calls that it makes, by operation.

    The environment may say in how many ``ROUNDS`` it is measured.
    """
    probe, rounds = Probe(service), int(os.environ.get("ROUNDS", ROUNDS))
    bare = bare_client()
    if service == "stock":
        warm(probe)
    ratios = {}
    for operation in operations_of(service):
        ask = operation.asks(1)[-1]
        play(operation.name)
        with probe.watching() as calls:
            probe.ask(ask)
        if len(calls) != operation.calls:
            raise RuntimeError(f"{operation.name} takes {[call.name for call in calls]}")
        event = probe.event(ask)
        sent = [(getattr(bare, snake(call.name)), parameters_of(call)) for call in calls]
        ratios[operation.name] = ratio_of_cpu(partial(probe.app, event, None), partial(send, sent), rounds)
    return ratios


def send(calls: Sequence[tuple[Callable[..., Any], dict[str, Any]]]) -> None:
    """Make calls of a client's methods."""
    for method, params in calls:
        method(**params)


def warm(probe: Probe) -> None:
    """Let the service cache its SKUs, with enough units reserved for all that is to be settled."""
    play(WARM_UP)
    [ask] = next(each for each in OPERATIONS if each.name == "place_49").asks(10)
    lines = [{**line, "quantity": RESERVED} for line in ask.body["lines"]]
    probe.ask(ask._replace(body={"lines": lines}))


def play(name: str) -> None:
    """Tell the player of answers which operation's are asked for."""
    with urllib.request.urlopen(f"{os.environ['AWS_ENDPOINT_URL_DYNAMODB']}/play/{name}") as answer:
        answer.read()


def parameters_of(call: Call) -> dict[str, Any]:
    """Return a call's parameters as the service sends them, without this benchmark's own."""
    return call.params | (
        {"ReturnConsumedCapacity": "TOTAL"} if "ReturnConsumedCapacity" in call.params else {}
    )


def snake(name: str) -> str:
    """Return the client's method of an operation of DynamoDB."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]


def scale(service: str) -> dict[str, Any]:
    """Return the median seconds of each reading operation, and of the bare calls that it makes, in turns.

    Beside them, the most memory that the process took.
    """
    probe = Probe(service)
    bare = bare_client()
    turns = {}
    for operation in operations_of(service):
        if operation.writes:
            continue
        [ask] = operation.asks(0)
        with probe.watching() as calls:
            probe.ask(ask)
        sent = [(getattr(bare, snake(call.name)), parameters_of(call)) for call in calls]
        turns[operation.name] = (partial(probe.app, probe.event(ask), None), partial(send, sent))
    warm = time.monotonic() + SCALE_WARM_UP_SECONDS  # an engine gets faster for a while
    while time.monotonic() < warm:
        for handle, call in turns.values():
            handle(), call()
    seconds = {}
    for name, (handle, call) in turns.items():
        pairs = [(seconds_of(handle), seconds_of(call)) for _ in range(SCALE_REPEATS)]
        seconds[name] = [median(each) for each in zip(*pairs, strict=True)]
    return {"seconds": seconds, "resident_kib": most_resident_kib()}


def most_resident_kib() -> int:
    """Return the most memory that this process had: `getrusage` would count its parent's before the exec."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0])


def seconds_of(work: Callable[[], Any]) -> float:
    """Return the seconds that something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def low_stock(service: str) -> float:
    """Return the read units that the list of the low SKUs costs."""
    probe = Probe(service)
    [ask] = next(each for each in OPERATIONS if each.name == "low_stock").asks(0)
    with probe.watching() as calls:
        probe.ask(ask)
    return sum(float(consumed["CapacityUnits"]) for call in calls for consumed in call.consumed)


JOBS: Final[dict[str, Callable[[str], Any]]] = {
    "capacity": capacity,
    "low_stock": low_stock,
    "overhead": overhead,
    "scale": scale,
}


def main(arguments: Sequence[str]) -> None:
    """Do a job for a service, and write what it returns into a file: standard output is the service's log."""
    job, service, result = arguments
    Path(result).write_text(json.dumps(JOBS[job](service), default=bytes.hex), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
