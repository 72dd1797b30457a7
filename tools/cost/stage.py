"""What a stage costs beside its tables and APIs: what is there all the time, and what follows traffic.

A stage is described by ``stages.json``, which a test compares with Terraform's plans.
Free allowances of an account are not subtracted, as another stage may have used them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["GIGABYTE", "HOURS", "MILLION", "stage_costs"]

MILLION: Final = 1_000_000
GIGABYTE: Final = 1024**3
DAYS: Final = 365 / 12
HOURS: Final = 24 * DAYS
"""The hours of a month."""
COMMANDS: Final = ("place", "confirm", "cancel", "refund", "restock", "adjust", "batch")
"""What the names of operations that write to the log begin with."""

_FUNCTIONS_OF_A_COMMAND: Final = 3
"""Functions that a command's changes invoke: for events and alerts, for the audit, for the archive."""
_EVENTS_OF_A_COMMAND: Final = 2
"""Events that a command causes: of the stock, and of the order."""
_KEY_READS_AN_HOUR: Final = 12
"""How often a running copy of a function that signs reads the secret."""
_TRACED_SHARE: Final = 0.05
"""X-Ray traces the first request of each second, and this share of the others."""


def stage_costs(
    traffic: Mapping[str, Any], prices: Mapping[str, Any], stage: Mapping[str, Any]
) -> dict[str, float]:
    """Return what a month costs by what it is for.

    Parameters
    ----------
    traffic
        A file like ``planning_table.json``.
    prices
        A file like ``prices.json``.
    stage
        A stage of ``stages.json``.
    """
    requests = sum(traffic["requests_per_month"].values())
    commands = sum(
        count for name, count in traffic["requests_per_month"].items() if name.startswith(COMMANDS)
    )
    scheduled = stage["schedules"]["each_minute"] * 60 * HOURS + stage["schedules"]["daily"] * DAYS
    streamed = commands * _FUNCTIONS_OF_A_COMMAND
    costs: dict[str, float] = {}
    costs["schedules"] = _invocations(scheduled, traffic["functions"]["schedules"], prices) + (
        scheduled * stage["sweep_read_units"] * prices["million_read_units"] / MILLION
    )
    costs["streams"] = _invocations(streamed, traffic["functions"]["streams"], prices)
    costs["archive"] = _archive(commands, traffic["items"].get("StockTransactions"), prices)
    costs["point-in-time recovery"] = _stored(traffic) * prices["recovery_gigabyte_month"]
    costs["backups"] = _stored(traffic) * stage["backups"] * prices["backup_gigabyte_month"]
    costs["alarms"] = stage["alarm_metrics"] * prices["alarm_metric"]
    costs["dashboard"] = stage["dashboards"] * prices["dashboard"]
    # One rule each; a stage has them for all services or for none.
    costs["firewalls"] = stage["firewalls"] * (prices["firewall"] + prices["firewall_rule"]) + (
        (requests if stage["firewalls"] else 0) * prices["million_filtered_requests"] / MILLION
    )
    costs["business metrics"] = (stage["business_metrics"] if commands else 0) * prices["custom_metric"]
    costs["logs"] = _logs(requests, scheduled + streamed, traffic, stage, prices)
    costs["traces"] = _traced(requests + scheduled + streamed) * prices["million_traces"] / MILLION
    costs["key of the digests"] = prices["kms_key"]
    # One copy sweeps all the time.
    reads = (1 + traffic["signing_copies"]) * _KEY_READS_AN_HOUR * HOURS
    costs["key of the log"] = prices["secret"] + reads * prices["million_secret_reads"] / MILLION
    clients = traffic.get("machine_clients", stage["machine_clients"])
    tokens = clients * HOURS * traffic["tokens_an_hour"]
    costs["machine clients"] = clients * prices["machine_client"] + (
        tokens * prices["million_machine_tokens"] / MILLION
    )
    costs["events"] = commands * _EVENTS_OF_A_COMMAND * prices["million_events"] / MILLION
    console = traffic["console"]
    costs["console"] = (
        console["requests"] * prices["million_cdn_requests"] / MILLION
        + console["gigabytes"] * prices["cdn_gigabyte"]
    )
    costs["transfer out"] = requests * traffic["response_bytes"] / GIGABYTE * prices["transfer_gigabyte"]
    return costs


def _invocations(count: float, function: Mapping[str, Any], prices: Mapping[str, Any]) -> float:
    seconds = function["milliseconds"] / 1_000 * function["megabytes"] / 1_024
    each = seconds * prices["lambda_gigabyte_second"] + prices["million_lambda_requests"] / MILLION
    return count * float(each)


def _archive(commands: float, records: Mapping[str, Any] | None, prices: Mapping[str, Any]) -> float:
    """Return the costs of objects that are put, one for each batch of the log, and of what is kept."""
    kept = 0.0 if records is None else records["count"] * records["bytes"] / GIGABYTE
    return float(commands * prices["million_puts"] / MILLION + kept * prices["object_gigabyte_month"])


def _stored(traffic: Mapping[str, Any]) -> float:
    """Return the gigabytes of the tables, without their indexes."""
    return sum(float(items["count"] * items["bytes"]) for items in traffic["items"].values()) / GIGABYTE


def _logs(
    requests: float,
    others: float,
    traffic: Mapping[str, Any],
    stage: Mapping[str, Any],
    prices: Mapping[str, Any],
) -> float:
    """Return the costs of lines that are taken in, and kept for the days of the stage."""
    sizes = traffic["log_bytes"]
    gigabytes = (requests * sizes["request"] + others * sizes["invocation"]) / GIGABYTE
    kept = gigabytes * stage["log_days"] / DAYS
    return float(gigabytes * prices["log_gigabyte"] + kept * prices["log_gigabyte_month"])


def _traced(invocations: float) -> float:
    seconds = HOURS * 3_600
    first = min(invocations, seconds)
    return first + (invocations - first) * _TRACED_SHARE
