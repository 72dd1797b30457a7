"""The AsyncAPI 3 document of a service: the events that it publishes, with their schemas."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from inventory_common.events import EVENT_BYTES_MAX, EventType
from inventory_common.rest import RestService

from .shapes import Components, Schema

__all__ = ["asyncapi_document", "event_schema"]

_DESCRIPTION: Final = (
    "{about}\n\nEvents of committed changes on the EventBridge bus `inventory-<stage>`, as CloudEvents 1.0 "
    "in `detail`; `source` is `inventory.{service}` and `detail-type` the type. They come at least once, the "
    "same event always with the same `id`, and the events of one subject in any order: `sequence` restores "
    "theirs. New types and members may come."
)
_CHANNEL: Final = "bus"


def asyncapi_document(app: RestService) -> Schema:
    """Return the AsyncAPI document of a service.

    Raises
    ------
    MissingDescription
        If a member of an event is not described.
    """
    api = app.declared_api
    assert api is not None, "a service without an API has no document"
    service = app.app_name.removeprefix("inventory-")
    components = Components()
    messages = {_name(each): _message(each, service, components) for each in api.events}
    references = {name: {"$ref": f"#/components/messages/{name}"} for name in messages}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"Inventory: events of {service}",
            "version": api.version,
            "description": _DESCRIPTION.format(about=api.about, service=service),
        },
        "defaultContentType": "application/json",
        "channels": {
            _CHANNEL: {
                "address": "inventory-{stage}",
                "description": "The bus of a stage.",
                "parameters": {
                    "stage": {"description": "The stage, such as `prod`; `local` is the local stack."}
                },
                "messages": references,
            }
        },
        "operations": {
            "publish": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{_CHANNEL}"},
                "summary": "Publish the events of committed changes",
                "messages": [{"$ref": f"#/channels/{_CHANNEL}/messages/{name}"} for name in messages],
            }
        },
        "components": {"messages": messages, "schemas": dict(sorted(components.schemas.items()))},
    }


def event_schema(documents: Iterable[Schema]) -> Schema:
    """Return the JSON Schema of all events that AsyncAPI documents describe."""
    messages: list[Schema] = []
    schemas: Schema = {}
    for document in documents:
        messages += document["components"]["messages"].values()
        schemas |= document["components"]["schemas"]
    events = [{"title": message["name"], **message["payload"]} for message in messages]
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Event",
        "description": "An event of the bus `inventory-<stage>`: its `detail`, a CloudEvent. Types may come.",
        "oneOf": events,
        "$defs": dict(sorted(schemas.items())),
    }
    text = json.dumps(whole).replace("#/components/schemas/", "#/$defs/")
    schema: Schema = json.loads(text)
    return schema


def _message(event_type: EventType, service: str, components: Components) -> Schema:
    data = components.of_shape(event_type.shape)
    return {
        "name": event_type.name,
        "title": event_type.name,
        "summary": event_type.about,
        "contentType": "application/cloudevents+json",
        "payload": _cloudevent(event_type.name, service, data),
        "examples": [
            {"name": event_type.name, "payload": _sample(event_type, service, components)},
        ],
    }


def _cloudevent(event_name: str, service: str, data: Schema) -> Schema:
    members: dict[str, Schema] = {
        "specversion": {"type": "string", "const": "1.0", "description": "The version of CloudEvents."},
        "id": {
            "type": "string",
            "pattern": "^[0-9a-f]{32}$",
            "description": "The same whenever this event is sent.",
        },
        "source": {"type": "string", "const": f"/inventory/{service}", "description": "The service."},
        "type": {"type": "string", "const": event_name, "description": "The type of the event."},
        "subject": {"type": "string", "description": "The id of what the event is about."},
        "time": {
            "type": "string",
            "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$",
            "description": "When the change happened, UTC.",
        },
        "datacontenttype": {
            "type": "string",
            "const": "application/json",
            "description": "The form of `data`.",
        },
        "sequence": {
            "type": "string",
            "pattern": r"^\d{20}$",
            "description": "Increases with every change of the subject.",
        },
        "data": data,
    }
    return {
        "type": "object",
        "description": f"At most {EVENT_BYTES_MAX:,} bytes.",
        "required": list(members),
        "properties": members,
    }


def _sample(event_type: EventType, service: str, components: Components) -> dict[str, Any]:
    data = components.sample(event_type.shape)
    return {
        "specversion": "1.0",
        "id": "93ad6f4ff89f1978ba22bbbdf01dfe20",
        "source": f"/inventory/{service}",
        "type": event_type.name,
        "subject": data[next(name for name in _SUBJECTS if name in data)],
        "time": "2026-02-23T10:30:00.000000Z",
        "datacontenttype": "application/json",
        "sequence": "00000000000000000012",
        "data": data,
    }


_SUBJECTS: Final = ("finding_id", "order_id", "sku", "product_id")


def _name(event_type: EventType) -> str:
    """Return the key of a message, in which AsyncAPI allows no dot."""
    return "".join(part.capitalize() for part in event_type.name.split("."))
