r"""The state of the embedded AWS, written to a snapshot and read back.

ministack can save its state itself, but not as a shop needs it: service by service, at its end only, with
errors swallowed, without object versions and retentions, and with object bodies at once or never.  So its
stores are read here.  This is the only module that knows them; the version is pinned exactly, and a test
fails if a version has a store that is named neither in `STORES` nor in `NOT_KEPT`.

A file has one JSON value in each line::

    ["dynamodb.tables", ["000000000000", "ap-south-1", "VendorInventory"], {…}]
    ["item", {"product_id": {"S": "PROD-7Q2M4"}, …}]          of the table before it
    ["s3.buckets", ["000000000000", "inventory-archive"], {…}]
    ["body", 1, "{\"available_after\":…"]                     the text that {"$body": 1} stands for
    ["bytes", 2, "iVBORw0KGgo…"]                              and bytes that are no text, in base64
    ["object", "log/2026-11-30/0000…-0000….jsonl", {…}]        of the bucket before it
    ["kms.keys", […], {…}]

Stream records are not written: when the state is, the stream handlers have read all of them.
"""

from __future__ import annotations

import hashlib
import importlib
import json
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from local.errors import StackError
from local.keeping.disk import sync

STORES = {
    "dynamodb": (
        "tables",
        "tags",
        "ttl_settings",
        "pitr_settings",
        "kinesis_destinations",
        "backups",
        "contributor_insights",
        "resource_policies",
        "exports",
        "imports",
    ),
    "s3": (
        "buckets",
        "bucket_policies",
        "bucket_notifications",
        "bucket_tags",
        "bucket_versioning",
        "bucket_encryption",
        "bucket_lifecycle",
        "bucket_cors",
        "bucket_acl",
        "bucket_websites",
        "bucket_logging_config",
        "bucket_accelerate_config",
        "bucket_request_payment_config",
        "bucket_object_lock",
        "bucket_replication",
        "mraps",
        "mrap_operations",
        "access_points",
        "object_lambda_access_points",
        "object_tags",
        "object_acl",
        "object_annotations",
        "object_versions",
        "object_retention",
        "object_legal_hold",
    ),
    "kms": ("keys", "aliases", "alias_dates", "grants"),
    "secretsmanager": ("secrets", "resource_policies"),
    "ssm": ("parameters", "parameter_history", "tags", "commands", "service_settings"),
}
"""The stores of each service; in its module, their names begin with an underscore."""
NOT_KEPT = {
    "dynamodb": {
        "stream_records": "read by the stream handlers before the state is written",
        "stream_trimmed": "positions in streams, which begin anew",
        "closed_streams": "streams of deleted tables",
        "txn_idempotency": "tokens of ten minutes, for the SDK's own retries",
    },
    "s3": {
        "multipart_uploads": "uploads that have not been completed",
        "completed_multipart_uploads": "for the SDK's own retries",
    },
    "kms": {},
    "secretsmanager": {},
    "ssm": {},
}
ADDED = frozenset({"secretsmanager", "ssm"})
"""Services of which a snapshot by an earlier version has no file."""

_TAGS = ("$body", "$tuple")
_NO_SORT_KEY = "__no_sort__"
_INDEXES = "_index_members"
_LINES_BETWEEN_CHECKS = 500


class Damaged(StackError):
    """A snapshot cannot be read."""


class StateWriter:
    """Writes the state to files of a folder.

    Parameters
    ----------
    folder : Path
        Where they go.
    check : Callable[[], None]
        Called now and then; its error ends the writing.
    """

    def __init__(self, folder: Path, check: Callable[[], None] = lambda: None) -> None:
        self._folder = folder
        self._check = check
        self._bodies: dict[int, int] = {}
        self._references: list[bytes | bytearray] = []
        self._item_counts: dict[str, int] = {}
        self._object_count = 0

    def write(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Write all files to disk; return their sizes and digests, and the numbers of items and objects.

        Raises
        ------
        OSError
            If a file cannot be written.
        TypeError
            If the emulator has a value of a type that is not known here.
        """
        files = {f"{service}.jsonl": self._write(service) for service in STORES}
        return files, {"items": self._item_counts, "objects": self._object_count}

    def _write(self, service: str) -> dict[str, Any]:
        digest, size = hashlib.sha256(), 0
        with (self._folder / f"{service}.jsonl").open("wb") as file:
            for number, line in enumerate(self._lines(service)):
                if number % _LINES_BETWEEN_CHECKS == 0:
                    self._check()
                text = json.dumps(line, separators=(",", ":"), ensure_ascii=False)
                data = text.encode("utf-8", "surrogatepass") + b"\n"
                file.write(data)
                digest.update(data)
                size += len(data)
            sync(file)
        return {"bytes": size, "sha256": digest.hexdigest()}

    def _lines(self, service: str) -> Iterator[list[Any]]:
        module = _module(service)
        if service == "kms":
            # The keys' own objects cannot be written; this is what the emulator itself would write.
            state = module.get_state()
            stores = {name: state[name] for name in STORES[service]}
        else:
            stores = {name: getattr(module, f"_{name}") for name in STORES[service]}
        for name, store in stores.items():
            for key, value in list(store._data.items()):
                if name == "tables":
                    yield from self._table_lines(key, value)
                elif name == "buckets":
                    yield from self._bucket_lines(key, value)
                else:
                    yield from self._with_bodies(
                        [f"{service}.{name}", self._encoded(key), self._encoded(value)]
                    )

    def _table_lines(self, key: tuple[str, str, str], table: dict[str, Any]) -> Iterator[list[Any]]:
        description = {name: value for name, value in table.items() if name not in ("items", _INDEXES)}
        yield ["dynamodb.tables", self._encoded(key), self._encoded(description)]
        count = 0
        for of_partition in table["items"].values():
            for item in of_partition.values():
                count += 1
                yield ["item", item]
        self._item_counts[key[-1]] = count

    def _bucket_lines(self, key: tuple[str, str], bucket: dict[str, Any]) -> Iterator[list[Any]]:
        description = {name: value for name, value in bucket.items() if name != "objects"}
        yield ["s3.buckets", self._encoded(key), self._encoded(description)]
        for name, each in bucket["objects"].items():
            self._object_count += 1
            yield from self._with_bodies(["object", name, self._encoded(each)])

    def _with_bodies(self, line: list[Any]) -> Iterator[list[Any]]:
        """Yield a line after the bodies that it refers to and no earlier line did."""
        for body in self._references:
            try:
                yield ["body", self._bodies[id(body)], body.decode("utf-8")]
            except UnicodeDecodeError:
                yield ["bytes", self._bodies[id(body)], b64encode(body).decode("ascii")]
        self._references.clear()
        yield line

    def _encoded(self, value: Any) -> Any:
        if value is None or isinstance(value, str | int | float):
            return value
        if isinstance(value, bytes | bytearray):
            # An object and its version share a body, as they do in the emulator.
            if id(value) not in self._bodies:
                self._bodies[id(value)] = len(self._bodies) + 1
                self._references.append(value)
            return {"$body": self._bodies[id(value)]}
        if isinstance(value, tuple):
            return {"$tuple": [self._encoded(each) for each in value]}
        if isinstance(value, list):
            return [self._encoded(each) for each in value]
        if isinstance(value, dict):
            for name in value:
                if not isinstance(name, str) or name in _TAGS:
                    raise TypeError(f"the emulator has a value with the key {name!r}, which cannot be kept")
            return {name: self._encoded(each) for name, each in value.items()}
        raise TypeError(f"the emulator has a value of type {type(value).__name__}, which cannot be kept")


def read_state(folder: Path) -> None:
    """Put a snapshot's state into the emulator of this process, which has none yet.

    Raises
    ------
    Damaged
        If a file is not one that `StateWriter` has written.
    """
    for service in STORES:
        path = folder / f"{service}.jsonl"
        # The manifest names every file that a snapshot has, and was compared with them.
        if service in ADDED and not path.exists():
            continue
        try:
            _StateReader(service).read(path)
        except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            raise Damaged(f"{path} cannot be read: {type(error).__name__}: {error}.") from error


class _StateReader:
    def __init__(self, service: str) -> None:
        self._service = service
        self._module = _module(service)
        self._bodies: dict[int, bytes] = {}

    def read(self, path: Path) -> None:
        stores: dict[str, dict[Any, Any]] = {name: {} for name in STORES[self._service]}
        owner: dict[str, Any] = {}
        with path.open("rb") as file:
            for line in file:
                name, *values = json.loads(line)
                if name == "item":
                    _add_item(owner, values[0])
                elif name == "body":
                    self._bodies[values[0]] = values[1].encode("utf-8")
                elif name == "bytes":
                    self._bodies[values[0]] = b64decode(values[1])
                elif name == "object":
                    owner["objects"][values[0]] = self._decoded(values[1])
                else:
                    owner = self._decoded(values[1])
                    if name == "dynamodb.tables":
                        owner["items"] = defaultdict(dict)
                    elif name == "s3.buckets":
                        owner["objects"] = {}
                    service, _, store = name.partition(".")
                    if service != self._service:
                        raise ValueError(f"a line of {name} in {path.name}")
                    stores[store][self._decoded(values[0])] = owner
        self._put(stores)

    def _put(self, stores: dict[str, dict[Any, Any]]) -> None:
        if self._service == "kms":
            scoped = {name: type(getattr(self._module, f"_{name}"))() for name in stores}
            for name, values in stores.items():
                scoped[name]._data.update(values)
            self._module.load_persisted_state(scoped)
            return
        for name, values in stores.items():
            getattr(self._module, f"_{name}")._data.update(values)

    def _decoded(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._decoded(each) for each in value]
        if not isinstance(value, dict):
            return value
        if "$body" in value:
            return self._bodies[value["$body"]]
        if "$tuple" in value:
            return tuple(self._decoded(each) for each in value["$tuple"])
        return {name: self._decoded(each) for name, each in value.items()}


def _add_item(table: dict[str, Any], item: dict[str, Any]) -> None:
    sort_key = _key_value(item[table["sk_name"]]) if table["sk_name"] else _NO_SORT_KEY
    table["items"][_key_value(item[table["pk_name"]])][sort_key] = item


def _key_value(attribute: dict[str, str]) -> str:
    [value] = attribute.values()
    return value


def _module(service: str) -> Any:
    return importlib.import_module(f"ministack.services.{service}")
