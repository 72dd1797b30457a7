"""``inventory events``: the events of committed changes, as they come."""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import islice
from types import FrameType
from typing import Any, Final

import click

from inventory_common.exact_json import dumps

from ..event_tail import EventTail, connect, errors_of_aws, pattern_of
from ..output import print_line, say
from ..profiles import LOCAL
from .invocation import Invocation, pass_invocation

__all__ = ["events"]

_LOCAL_BUS: Final = "inventory-local"
_LOCAL_PORT: Final = "4566"
_FIGURES: Final = ("available_stock", "current_stock", "reserved_stock", "status", "kind", "changed")


@click.group()
def events() -> None:
    """Watch the events of committed changes."""


@events.command()
@click.option("--bus", metavar="NAME", help="Such as inventory-prod. Default: that of the local stack.")
@click.option(
    "--type", "types", multiple=True, metavar="TYPE", help="Only these, such as stock.out; repeatable."
)
@click.option(
    "--subject", "subjects", multiple=True, metavar="ID", help="Only about this SKU, order or product."
)
@click.option("--vendor", metavar="VENDOR-ID", help="Only of this vendor's SKUs and products.")
@click.option("--seconds", type=click.IntRange(min=1), help="How long to wait. Default: until Ctrl-C.")
@click.option("--limit", type=click.IntRange(min=1), help="End after so many events.")
@click.option("--json", "as_json", is_flag=True, help="Print each event as one JSON object per line.")
@pass_invocation
def tail(
    call: Invocation,
    bus: str | None,
    types: Sequence[str],
    subjects: Sequence[str],
    vendor: str | None,
    seconds: int | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """Print events from now on, each once.

    It reads the bus through a queue and a rule of its own, which it removes at the end. For a bus on AWS, it
    uses the credentials and the region of the environment, as the AWS command line does.
    """
    following = _tail_of(call, bus)
    signal.signal(signal.SIGTERM, _interrupt)
    with (
        suppress(KeyboardInterrupt),
        errors_of_aws(),
        following.listening(pattern_of(types, subjects, vendor)),
    ):
        say("Waiting for events; Ctrl-C ends.")
        for event in islice(following.received(seconds), limit):
            # Flushed by line: the reader of a pipe waits for it.
            print(dumps(event), flush=True) if as_json else print_line(_line(event))


def _tail_of(call: Invocation, bus: str | None) -> EventTail:
    name = call.profile_name or call.environ.get("INVENTORY_PROFILE") or LOCAL
    if bus is None and name != LOCAL:
        raise click.UsageError("Missing --bus, such as --bus inventory-prod.")
    port = call.environ.get("AWS_PORT") or _LOCAL_PORT
    local_url = f"http://127.0.0.1:{port}" if bus is None else None
    try:
        eventbridge, queues = connect("events", local_url), connect("sqs", local_url)
    except ImportError:
        raise click.UsageError("boto3 is not installed: pip install 'inventory-cli[events]'.") from None
    return EventTail(eventbridge, queues, bus or _LOCAL_BUS)


def _line(event: Mapping[str, Any]) -> str:
    data = event["data"]
    figures = " ".join(f"{name}={_text(data[name])}" for name in _FIGURES if data.get(name) is not None)
    return f"{event['time']}  {event['type']:<16} {event['subject']}  {figures}".rstrip()


def _text(member: Any) -> str:
    return ",".join(map(str, member)) if isinstance(member, list) else str(member)


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt
