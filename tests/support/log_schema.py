"""Checks log lines and alerts against their published schemas."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

_FOLDER = Path(__file__).parents[2] / "docs" / "schemas"


@cache
def validator(name: str) -> Any:
    """Return the validator of a schema in docs/schemas, ``alert`` or ``log-line``."""
    return jsonschema_rs.validator_for(json.loads((_FOLDER / f"{name}.schema.json").read_text()))


def require_alert(alert: Any) -> None:
    """Raise `jsonschema_rs.ValidationError` if the message of an alert is not as its schema says."""
    validator("alert").validate(alert)


def wrong_lines(text: str) -> list[str]:
    """Return the JSON lines of a log that are not as their schema says; other programs write other lines."""
    lines = [line for line in text.splitlines() if line.startswith('{"timestamp"')]
    documents = [json.loads(line) for line in lines]
    alerts = [document for document in documents if document["message"] == "alert"]
    return [
        *(json.dumps(each) for each in documents if not validator("log-line").is_valid(each)),
        *(json.dumps(each) for each in alerts if not validator("alert").is_valid(each)),
    ]
