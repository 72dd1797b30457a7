"""The tables as declared in the file that Terraform reads too."""

from __future__ import annotations

import json
from typing import NotRequired, TypedDict, cast

from local.settings import REPOSITORY_ROOT

TABLES_FILE = REPOSITORY_ROOT / "terraform" / "platform" / "tables.auto.tfvars.json"


class Key(TypedDict):
    """A key attribute."""

    name: str
    type: str


class Index(TypedDict):
    """A global secondary index."""

    partition_key: Key
    sort_key: NotRequired[Key]
    projection: str


class Table(TypedDict):
    """A table, as the file declares it."""

    partition_key: Key
    sort_key: NotRequired[Key]
    ttl_attribute: NotRequired[str]
    global_secondary_indexes: dict[str, Index]
    billing_mode: str
    stream_view_type: NotRequired[str]


def definitions() -> dict[str, Table]:
    """Return the declared tables by name."""
    document = json.loads(TABLES_FILE.read_text(encoding="utf-8"))
    return cast("dict[str, Table]", document["tables"])
