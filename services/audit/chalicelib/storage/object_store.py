"""The archive's bucket: objects that are written once and never changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from inventory_common.errors import ArchiveNotConfigured, ArchiveUnavailable

__all__ = ["ObjectStore", "connect_storage"]

_CONFIG: Final = Config(
    connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
)

_CONCURRENT_GETS: Final = 8
_KEYS_AT_ONCE: Final = 32
"""Objects that are in memory together when many are read."""


def connect_storage() -> Any:
    """Make an S3 client; region, credentials and endpoint are boto3's own environment variables."""
    return boto3.client("s3", config=_CONFIG)


@dataclass
class ObjectStore:
    """The bucket.

    Every method raises `ArchiveUnavailable` if it does not respond, `ArchiveNotConfigured` if there is none.
    """

    bucket: str | None
    connect: Callable[[], Any] = connect_storage

    @property
    def is_configured(self) -> bool:
        """Whether there is a bucket."""
        return self.bucket is not None

    @cached_property
    def _client(self) -> Any:
        # Made when first needed: most requests need none.
        return self.connect()

    def put_once(self, key: str, body: bytes, content_type: str = "application/json") -> bool:
        """Write an object unless its key exists, and return whether it was written."""
        with self._reaching():
            try:
                self._client.put_object(
                    Bucket=self.bucket,
                    Key=key,
                    Body=body,
                    ContentType=content_type,
                    IfNoneMatch="*",
                    # A bucket with Object Lock requires a checksum.
                    ChecksumAlgorithm="SHA256",
                )
            except ClientError as error:
                if error.response["Error"]["Code"] in ("PreconditionFailed", "412"):
                    return False
                raise
        return True

    def get(self, key: str) -> bytes | None:
        """Return an object's content, None if it does not exist."""
        with self._reaching():
            try:
                response = self._client.get_object(Bucket=self.bucket, Key=key)
                content: bytes = response["Body"].read()
            except ClientError as error:
                if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                    return None
                raise
        return content

    def get_all(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the contents of some objects, in the order of their keys."""
        if not keys:
            return []
        first = self.get(keys[0])  # makes the client, before there are threads
        with ThreadPoolExecutor(_CONCURRENT_GETS) as pool:
            return [first, *pool.map(self.get, keys[1:])]

    def contents(self, keys: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Yield each key with the content of its object, None if it does not exist, a few at a time."""
        waiting = iter(keys)
        while batch := list(islice(waiting, _KEYS_AT_ONCE)):
            yield from zip(batch, self.get_all(batch), strict=True)

    def exists(self, key: str) -> bool:
        """Return whether there is an object with this key."""
        with self._reaching():
            try:
                self._client.head_object(Bucket=self.bucket, Key=key)
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                    return False
                raise
        return True

    def keys(self, prefix: str, *, after: str = "", limit: int = 1_000) -> tuple[list[str], bool]:
        """Return the next keys in their order, and whether there are more."""
        with self._reaching():
            response = self._client.list_objects_v2(
                Bucket=self.bucket, Prefix=prefix, MaxKeys=limit, **({"StartAfter": after} if after else {})
            )
        return [each["Key"] for each in response.get("Contents", ())], bool(response["IsTruncated"])

    def all_keys(self, prefix: str) -> Iterator[str]:
        """Yield all keys in their order."""
        after, has_more = "", True
        while has_more:
            keys, has_more = self.keys(prefix, after=after)
            yield from keys
            if keys:
                after = keys[-1]

    def changed_keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys that were written twice or deleted: the bucket keeps every version."""
        previous = ""
        position: dict[str, str] = {}
        while True:
            with self._reaching():
                response = self._client.list_object_versions(Bucket=self.bucket, Prefix=prefix, **position)
            yield from sorted({each["Key"] for each in response.get("DeleteMarkers", ())})
            for version in response.get("Versions", ()):
                if version["Key"] == previous:
                    yield previous
                previous = version["Key"]
            if not response.get("IsTruncated"):
                return
            position = {
                "KeyMarker": response["NextKeyMarker"],
                "VersionIdMarker": response["NextVersionIdMarker"],
            }

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        if self.bucket is None:
            raise ArchiveNotConfigured("This stage has no archive, and so no list of findings.")
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            raise ArchiveUnavailable(
                "The archive is not available at the moment; please try again."
            ) from error
