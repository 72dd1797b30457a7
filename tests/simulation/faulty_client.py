"""A DynamoDB client over a network and a service that misbehave as the dice say, and processes that die.

It stands where boto3's client stands.  What reaches the engine is performed by it for real; what a fault
answers has the form that botocore gives it.

=====================  =====================================================================================
fault                  what happens
=====================  =====================================================================================
``slow``               performed, and answered, when others have done some more
``lost request``       nothing reaches the engine; a connection error
``lost answer``        performed; a read timeout, botocore has given up
``answer lost once``   performed, and again by botocore's own retry: a transaction with the same token
``late``               a read timeout now; performed some steps later, whoever else has acted meanwhile
``in progress``        performed; botocore's retry meets its own first try and gives up
``server error``       performed or not; InternalServerError
``conflict``           not performed: TransactionConflict at some positions, or for a single item
``masked``             the engine refused, and a conflict hides some of the conditions that failed
``throttled``          not performed: throttled, as a reason of a transaction or as an error of the call
``torn``               the items of one BatchGetItem are read at two moments
``unprocessed``        some or all keys of a BatchGetItem come back unread
``death before``       the process dies before the call
``death after``        the process dies when the call is performed
=====================  =====================================================================================
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

from tests.simulation.scheduler import Death
from tests.simulation.watched_tables import WRITES

ENDPOINT = "https://dynamodb.simulated"

SLOW_SECONDS = 0.03
LATER_RATE = 0.3
"""How often others act between the end of a call and what its caller does next."""
HOT = 5.0
"""So much more often transactions meet others: orders that always lose go on in steps."""
QUERIES_AT_ONCE_RATE = 0.95
"""A sweep is sixteen queries, all hints: few of them need to be moments at which others act."""

_IN_TRANSACTIONS = {
    "slow": 0.20,
    "lost request": 0.03,
    "lost answer": 0.03,
    "answer lost once": 0.05,
    "late": 0.03,
    "in progress": 0.01,
    "server error": 0.02,
    "conflict": 0.08,
    "masked": 0.30,  # of those that the engine refuses
    "throttled": 0.03,
    "death before": 0.015,
    "death after": 0.03,
}
_IN_WRITES = {name: rate for name, rate in _IN_TRANSACTIONS.items() if name not in ("masked", "in progress")}
_IN_BATCH_READS = {
    "slow": 0.10,
    "torn": 0.30,
    "unprocessed": 0.04,
    "lost request": 0.01,
    "throttled": 0.01,
    "death before": 0.01,
}
_IN_READS = {"slow": 0.20, "lost request": 0.01, "throttled": 0.01, "death before": 0.01}


@dataclass(frozen=True)
class FaultRates:
    """How often each fault comes, by kind of call."""

    transactions: Mapping[str, float] = field(default_factory=lambda: _IN_TRANSACTIONS)
    writes: Mapping[str, float] = field(default_factory=lambda: _IN_WRITES)
    batch_reads: Mapping[str, float] = field(default_factory=lambda: _IN_BATCH_READS)
    reads: Mapping[str, float] = field(default_factory=lambda: _IN_READS)

    @classmethod
    def drawn(cls, random: Random) -> FaultRates:
        """Draw rates: some kinds never come, some often; what hides behind a frequent fault shows so."""
        usual = cls()
        kinds = sorted({*usual.transactions, *usual.batch_reads})
        factors = {kind: random.choice((0.0, 0.5, 1.0, 1.0, 2.0)) for kind in kinds}
        factors["conflict"] = random.choice((0.0, 0.5, 1.0, 1.0, HOT))

        def scaled(rates: Mapping[str, float]) -> dict[str, float]:
            return {kind: rate * factors[kind] for kind, rate in rates.items()}

        return cls(
            scaled(usual.transactions), scaled(usual.writes), scaled(usual.batch_reads), scaled(usual.reads)
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
    """The process that a client belongs to, as a client sees it."""

    is_dead: bool

    def begins_call(self) -> None: ...

    def suffers(self, fault: str) -> None: ...

    def hand_over(self, event: str) -> None: ...

    def sleep(self, seconds: float) -> None: ...

    def perform(self, operation: str, arguments: Mapping[str, Any]) -> Any: ...

    def perform_late(self, operation: str, arguments: Mapping[str, Any]) -> None: ...


class FaultyClient:
    """Has the operations of boto3's DynamoDB client, and its `exceptions`, `meta` and paginators' lack.

    Parameters
    ----------
    real
        boto3's client, for the form of errors.
    machine
        Performs calls, and hands the baton over.
    rates
        Called for the rates of the moment.
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
            raise AttributeError(f"the simulation knows no {name} of a DynamoDB client")
        return lambda **arguments: self._call(name, arguments)

    def _call(self, operation: str, arguments: dict[str, Any]) -> Any:
        machine = self._machine
        if machine.is_dead:
            raise Death
        if operation == "transact_write_items":
            # botocore's retries of a call have the token that it gave the call.  Not by the seed: a token of
            # an earlier run of the same seed would count as that run's.
            arguments = {"ClientRequestToken": str(uuid.uuid4()), **arguments}
        fault = self._fault(operation)
        if fault is None and operation == "query" and self._random.random() < QUERIES_AT_ONCE_RATE:
            return machine.perform(operation, arguments)
        machine.begins_call()
        machine.hand_over(operation if fault is None else f"{operation} ({fault})")
        try:
            answer = self._with_fault(fault, operation, arguments)
        except (ClientError, BotoCoreError) as error:
            machine.hand_over(f"{operation} fails: {type(error).__name__}")
            raise
        if self._random.random() < LATER_RATE:
            machine.hand_over(f"{operation} is back")
        return answer

    def _fault(self, operation: str) -> str | None:
        dice = self._random.random()
        for fault, rate in self._rates().of(operation).items():
            if fault == "masked":
                continue
            dice -= rate
            if dice < 0:
                self._machine.suffers(fault)
                return fault
        return None

    def _with_fault(self, fault: str | None, operation: str, arguments: dict[str, Any]) -> Any:
        machine = self._machine
        match fault:
            case None:
                return self._masked(operation, arguments)
            case "slow":
                machine.sleep(self._random.uniform(0, SLOW_SECONDS))
                return self._masked(operation, arguments)
            case "lost request":
                error = self._random.choice((ConnectTimeoutError, EndpointConnectionError))
                raise error(endpoint_url=ENDPOINT)
            case "lost answer":
                self._unheard(operation, arguments)
                raise ReadTimeoutError(endpoint_url=ENDPOINT)
            case "answer lost once":
                self._unheard(operation, arguments)
                machine.hand_over(f"{operation} is sent again")
                return machine.perform(operation, arguments)
            case "late":
                machine.perform_late(operation, arguments)
                raise ReadTimeoutError(endpoint_url=ENDPOINT)
            case "in progress":
                self._unheard(operation, arguments)
                raise self._error("TransactionInProgressException", operation)
            case "server error":
                if self._random.random() < 0.5:
                    self._unheard(operation, arguments)
                raise self._error("InternalServerError", operation)
            case "conflict":
                raise self._conflict(operation, arguments)
            case "throttled":
                raise self._throttled(operation, arguments)
            case "torn":
                return self._torn(operation, arguments)
            case "unprocessed":
                return self._partly(arguments)
            case "death before":
                machine.is_dead = True
                raise Death
            case "death after":
                self._unheard(operation, arguments)
                machine.is_dead = True
                raise Death
        raise AssertionError(fault)

    def _unheard(self, operation: str, arguments: dict[str, Any]) -> None:
        """Perform a call whose answer, good or bad, nobody gets."""
        try:
            self._machine.perform(operation, arguments)
        except ClientError:
            return

    def _masked(self, operation: str, arguments: dict[str, Any]) -> Any:
        try:
            return self._shuffled(self._machine.perform(operation, arguments))
        except self.exceptions.TransactionCanceledException as error:
            if self._random.random() < self._rates().transactions.get("masked", 0.0):
                self._machine.suffers("masked")
                self._mask(error)
            raise

    def _mask(self, error: Any) -> None:
        """Let some of the failed conditions be conflicts, at least one: their items are not shown."""
        reasons = error.response["CancellationReasons"]
        failed = [i for i, reason in enumerate(reasons) if reason["Code"] == "ConditionalCheckFailed"]
        for position in self._random.sample(failed, self._random.randint(1, len(failed))):
            reasons[position] = {"Code": "TransactionConflict", "Message": "Transaction is ongoing."}

    def _shuffled(self, answer: Any) -> Any:
        """BatchGetItem answers in no order."""
        for items in answer.get("Responses", {}).values() if isinstance(answer, dict) else ():
            items.sort(key=repr)
            self._random.shuffle(items)
        return answer

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

    def _torn(self, operation: str, arguments: Mapping[str, Any]) -> Any:
        """Read some of the keys at one moment and the others at a later one."""
        keys = _keys_of(arguments)
        self._random.shuffle(keys)
        cut = self._random.randint(0, len(keys))
        answer: dict[str, Any] = {
            "Responses": {t: [] for t in arguments["RequestItems"]},
            "UnprocessedKeys": {},
        }
        for number, part in enumerate((keys[:cut], keys[cut:])):
            if number:
                self._machine.hand_over(f"{operation} goes on")
            if part:
                found = self._machine.perform(operation, _requesting(arguments, part))
                for table, items in found["Responses"].items():
                    answer["Responses"][table] += items
        return self._shuffled(answer)

    def _partly(self, arguments: Mapping[str, Any]) -> Any:
        keys = _keys_of(arguments)
        self._random.shuffle(keys)
        cut = self._random.randint(0, len(keys) - 1)
        answer: dict[str, Any] = {"Responses": {}}
        if cut:
            answer = self._machine.perform("batch_get_item", _requesting(arguments, keys[:cut]))
        answer["UnprocessedKeys"] = _requesting(arguments, keys[cut:])["RequestItems"]
        return self._shuffled(answer)


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
