"""A DynamoDB client over a network and a database with random faults, for processes that may crash.

It takes the place of boto3's client.  Calls that reach the engine are made on the real tables; errors of a
fault have the form that botocore gives them.

======================  ====================================================================================
fault                   what happens
======================  ====================================================================================
``slow``                performed, and returned after a pause in which others act
``lost request``        nothing reaches the engine; a connection error
``lost response``       performed; a read timeout: botocore has given up
``response lost once``  performed, and again by botocore's own retry: a transaction with the same token
``delayed``             a read timeout now; performed later, after others have acted
``in progress``         performed; botocore's retry meets its own first attempt and gives up
``server error``        performed or not; InternalServerError
``conflict``            not performed: TransactionConflict at some positions, or for a single item
``masked``              the engine refused it, and a conflict hides some of the conditions that failed
``throttled``           not performed: throttled, as a reason of a transaction or as an error of the call
``inconsistent read``   the items of one BatchGetItem are read at two moments
``unprocessed``         some or all keys of a BatchGetItem come back unprocessed
``out of time``         performed, when most of the command's time or all of it has passed
``crash before``        the process crashes before the call
``crash after``         the process crashes when the call has been performed
======================  ====================================================================================
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from tests.simulation.scheduler import ProcessCrashed
from tests.simulation.watched_tables import WRITES

ENDPOINT = "https://dynamodb.simulated"

SLOW_MAX_SECONDS = 0.03
OUT_OF_TIME_SECONDS = (8.0, 12.0)
"""What a call takes of a command's ten seconds, of which nobody else notices anything."""
GIVE_WAY_RATE = 0.3
"""How often others act between the end of a call and the next action of its caller."""
HOT_CONFLICT_FACTOR = 5.0
"""How much more often transactions conflict, so that orders continue as sagas."""
UNINTERRUPTED_QUERY_RATE = 0.95
"""A sweep makes sixteen queries, whose results are hints: few of them need others to act meanwhile."""

_IN_TRANSACTIONS = {
    "slow": 0.20,
    "lost request": 0.03,
    "lost response": 0.03,
    "response lost once": 0.05,
    "delayed": 0.03,
    "in progress": 0.01,
    "server error": 0.02,
    "conflict": 0.08,
    "out of time": 0.02,
    "masked": 0.30,  # of those that the engine refuses
    "throttled": 0.03,
    "crash before": 0.015,
    "crash after": 0.03,
}
_IN_WRITES = {
    name: rate
    for name, rate in _IN_TRANSACTIONS.items()
    if name not in ("masked", "in progress", "out of time")
}
_IN_BATCH_READS = {
    "slow": 0.10,
    "inconsistent read": 0.30,
    "unprocessed": 0.04,
    "lost request": 0.01,
    "throttled": 0.01,
    "crash before": 0.01,
}
_IN_READS = {"slow": 0.20, "lost request": 0.01, "throttled": 0.01, "crash before": 0.01}


@dataclass(frozen=True)
class FaultRates:
    """How often each fault occurs, by type of call."""

    transactions: Mapping[str, float] = field(default_factory=lambda: _IN_TRANSACTIONS)
    writes: Mapping[str, float] = field(default_factory=lambda: _IN_WRITES)
    batch_reads: Mapping[str, float] = field(default_factory=lambda: _IN_BATCH_READS)
    reads: Mapping[str, float] = field(default_factory=lambda: _IN_READS)

    @classmethod
    def drawn(cls, random: Random) -> FaultRates:
        """Draw rates: some faults never occur, so that they do not hide what the others would show."""
        defaults = cls()
        kinds = sorted({*defaults.transactions, *defaults.batch_reads})
        factors = {kind: random.choice((0.0, 0.5, 1.0, 1.0, 2.0)) for kind in kinds}
        factors["conflict"] = random.choice((0.0, 0.5, 1.0, 1.0, HOT_CONFLICT_FACTOR))

        def scaled(rates: Mapping[str, float]) -> dict[str, float]:
            return {kind: rate * factors[kind] for kind, rate in rates.items()}

        return cls(
            scaled(defaults.transactions),
            scaled(defaults.writes),
            scaled(defaults.batch_reads),
            scaled(defaults.reads),
        )

    def of(self, operation: str) -> Mapping[str, float]:
        match operation:
            case "transact_write_items":
                return self.transactions
            case "batch_get_item":
                return self.batch_reads
            case _:
                return self.writes if operation in WRITES else self.reads


NO_FAULTS = FaultRates({}, {}, {}, {})


class Machine(Protocol):
    """The process that a client belongs to."""

    has_crashed: bool
    lost_seconds: float

    def count_call(self) -> None: ...

    def count_fault(self, fault: str) -> None: ...

    def give_way(self, event: str) -> None: ...

    def sleep(self, seconds: float) -> None: ...

    def perform(self, operation: str, arguments: Mapping[str, Any]) -> Any: ...

    def perform_late(self, operation: str, arguments: Mapping[str, Any]) -> None: ...


class FaultyClient:
    """The operations, `exceptions` and `meta` of boto3's DynamoDB client; it has no paginators.

    Parameters
    ----------
    real
        boto3's client, for its exceptions.
    machine
        Performs calls, and gives way to other processes.
    rates
        Returns the current rates.
    """

    def __init__(self, real: Any, machine: Machine, random: Random, rates: Callable[[], FaultRates]) -> None:
        self._real = real
        self._machine = machine
        self._random = random
        self._rates = rates
        self.exceptions = real.exceptions
        self.meta = real.meta

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._real.meta.method_to_api_mapping:
            raise AttributeError(f"a DynamoDB client has no {name} in the simulation")
        return lambda **arguments: self._call(name, arguments)

    def _call(self, operation: str, arguments: dict[str, Any]) -> Any:
        machine = self._machine
        if machine.has_crashed:
            raise ProcessCrashed
        if operation == "transact_write_items":
            # botocore's retries of a call have the same token.  It does not depend on the seed: the engine
            # would take it for that of an earlier run of the seed.
            arguments = {"ClientRequestToken": str(uuid.uuid4()), **arguments}
        fault = self._fault(operation)
        if fault is None and operation == "query" and self._random.random() < UNINTERRUPTED_QUERY_RATE:
            return machine.perform(operation, arguments)
        machine.count_call()
        machine.give_way(operation if fault is None else f"{operation} ({fault})")
        try:
            response = self._with_fault(fault, operation, arguments)
        except (ClientError, BotoCoreError) as error:
            machine.give_way(f"{operation} fails: {type(error).__name__}")
            raise
        if self._random.random() < GIVE_WAY_RATE:
            machine.give_way(f"{operation} has returned")
        return response

    def _fault(self, operation: str) -> str | None:
        dice = self._random.random()
        for fault, rate in self._rates().of(operation).items():
            if fault == "masked":
                continue
            dice -= rate
            if dice < 0:
                self._machine.count_fault(fault)
                return fault
        return None

    def _with_fault(self, fault: str | None, operation: str, arguments: dict[str, Any]) -> Any:
        machine = self._machine
        match fault:
            case None:
                return self._masked(operation, arguments)
            case "slow":
                machine.sleep(self._random.uniform(0, SLOW_MAX_SECONDS))
                return self._masked(operation, arguments)
            case "out of time":
                response = self._masked(operation, arguments)
                machine.lost_seconds += self._random.uniform(*OUT_OF_TIME_SECONDS)
                return response
            case "lost request":
                error = self._random.choice((ConnectTimeoutError, EndpointConnectionError))
                raise error(endpoint_url=ENDPOINT)
            case "lost response":
                self._perform_without_response(operation, arguments)
                raise ReadTimeoutError(endpoint_url=ENDPOINT)
            case "response lost once":
                self._perform_without_response(operation, arguments)
                machine.give_way(f"{operation} is sent again")
                return machine.perform(operation, arguments)
            case "delayed":
                machine.perform_late(operation, arguments)
                raise ReadTimeoutError(endpoint_url=ENDPOINT)
            case "in progress":
                self._perform_without_response(operation, arguments)
                raise self._error("TransactionInProgressException", operation)
            case "server error":
                if self._random.random() < 0.5:
                    self._perform_without_response(operation, arguments)
                raise self._error("InternalServerError", operation)
            case "conflict":
                raise self._conflict(operation, arguments)
            case "throttled":
                raise self._throttled(operation, arguments)
            case "inconsistent read":
                return self._inconsistent_read(operation, arguments)
            case "unprocessed":
                return self._partial_read(arguments)
            case "crash before":
                machine.has_crashed = True
                raise ProcessCrashed
            case "crash after":
                self._perform_without_response(operation, arguments)
                machine.has_crashed = True
                raise ProcessCrashed
        raise AssertionError(fault)

    def _perform_without_response(self, operation: str, arguments: dict[str, Any]) -> None:
        """Perform a call and drop its response or error."""
        try:
            self._machine.perform(operation, arguments)
        except ClientError:
            return

    def _masked(self, operation: str, arguments: dict[str, Any]) -> Any:
        try:
            return self._shuffled(self._machine.perform(operation, arguments))
        except self.exceptions.TransactionCanceledException as error:
            if self._random.random() < self._rates().transactions.get("masked", 0.0):
                self._machine.count_fault("masked")
                self._mask(error)
            raise

    def _mask(self, error: Any) -> None:
        """Replace some of the failed conditions, at least one, by conflicts, which return no items."""
        reasons = error.response["CancellationReasons"]
        failed = [i for i, reason in enumerate(reasons) if reason["Code"] == "ConditionalCheckFailed"]
        for position in self._random.sample(failed, self._random.randint(1, len(failed))):
            reasons[position] = {"Code": "TransactionConflict", "Message": "Transaction is ongoing."}

    def _shuffled(self, response: Any) -> Any:
        """Shuffle the items: BatchGetItem returns them in no order."""
        for items in response.get("Responses", {}).values() if isinstance(response, dict) else ():
            items.sort(key=repr)
            self._random.shuffle(items)
        return response

    def _conflict(self, operation: str, arguments: Mapping[str, Any]) -> Exception:
        if operation == "transact_write_items":
            return self._cancelled(arguments, "TransactionConflict")
        return self._error("TransactionConflictException", operation)

    def _throttled(self, operation: str, arguments: Mapping[str, Any]) -> Exception:
        if operation == "transact_write_items" and self._random.random() < 0.7:
            return self._cancelled(
                arguments, self._random.choice(("ProvisionedThroughputExceeded", "ThrottlingError"))
            )
        codes = ("ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded")
        return self._error(self._random.choice(codes), operation)

    def _cancelled(self, arguments: Mapping[str, Any], code: str) -> Exception:
        count = len(arguments["TransactItems"])
        positions = self._random.sample(range(count), self._random.randint(1, min(2, count)))
        reasons = [
            {"Code": code, "Message": "…"} if position in positions else {"Code": "None"}
            for position in range(count)
        ]
        return self._error(
            "TransactionCanceledException", "transact_write_items", CancellationReasons=reasons
        )

    def _error(self, code: str, operation: str, **members: Any) -> Exception:
        response = {"Error": {"Code": code, "Message": "simulated"}, "ResponseMetadata": {}, **members}
        kind = (
            getattr(self.exceptions, code, ClientError)
            if _is_modelled(self.exceptions, code)
            else ClientError
        )
        name = self.meta.method_to_api_mapping[operation]
        error: Exception = kind(response, name)
        return error

    def _inconsistent_read(self, operation: str, arguments: Mapping[str, Any]) -> Any:
        """Read some of the keys at one moment and the others at a later one."""
        keys = _keys_of(arguments)
        self._random.shuffle(keys)
        cut = self._random.randint(0, len(keys))
        response: dict[str, Any] = {
            "Responses": {t: [] for t in arguments["RequestItems"]},
            "UnprocessedKeys": {},
        }
        for number, part in enumerate((keys[:cut], keys[cut:])):
            if number:
                self._machine.give_way(f"{operation} continues")
            if part:
                found = self._machine.perform(operation, _requesting(arguments, part))
                for table, items in found["Responses"].items():
                    response["Responses"][table] += items
        return self._shuffled(response)

    def _partial_read(self, arguments: Mapping[str, Any]) -> Any:
        keys = _keys_of(arguments)
        self._random.shuffle(keys)
        cut = self._random.randint(0, len(keys) - 1)
        response: dict[str, Any] = {"Responses": {}}
        if cut:
            response = self._machine.perform("batch_get_item", _requesting(arguments, keys[:cut]))
        response["UnprocessedKeys"] = _requesting(arguments, keys[cut:])["RequestItems"]
        return self._shuffled(response)


def _is_modelled(exceptions: Any, code: str) -> bool:
    try:
        getattr(exceptions, code)
    except AttributeError:
        return False
    return True


def _keys_of(arguments: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(table, key) for table, wanted in arguments["RequestItems"].items() for key in wanted["Keys"]]


def _requesting(arguments: Mapping[str, Any], keys: list[tuple[str, Any]]) -> dict[str, Any]:
    requested: dict[str, Any] = {}
    for table, key in keys:
        rest = {name: value for name, value in arguments["RequestItems"][table].items() if name != "Keys"}
        requested.setdefault(table, {"Keys": [], **rest})["Keys"].append(key)
    return {**arguments, "RequestItems": requested}
