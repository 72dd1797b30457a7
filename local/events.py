"""The bus of events on this machine, in the embedded AWS."""

from __future__ import annotations

from collections.abc import Mapping

import boto3

ARCHIVE_DAYS = 1


def create_event_bus(environ: Mapping[str, str]) -> None:
    """Create the bus ``EVENT_BUS`` and its archive, if the variable is set; what exists is left alone."""
    name = environ.get("EVENT_BUS")
    if not name:
        return
    events = boto3.client("events")
    buses = {bus["Name"]: bus["Arn"] for bus in events.list_event_buses()["EventBuses"]}
    if name not in buses:
        buses[name] = events.create_event_bus(Name=name)["EventBusArn"]
    if name not in {archive["ArchiveName"] for archive in events.list_archives()["Archives"]}:
        events.create_archive(ArchiveName=name, EventSourceArn=buses[name], RetentionDays=ARCHIVE_DAYS)
