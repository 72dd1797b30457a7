"""The archive's bucket: objects that are written once, and never again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from inventory_common.errors import ArchiveUnavailable

__all__ = ["ObjectStore", "connect_storage"]

_CONFIG: Final = Config(
    connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
)

_GETS_AT_ONCE: Final = 8


def connect_storage() -> Any:
    """Make an S3 client; region, credentials and endpoint are boto3's own environment variables."""
    return boto3.client("s3", config=_CONFIG)


@dataclass
class ObjectStore:
    """The bucket; every method raises `ArchiveUnavailable` if it does not answer, or if there is none."""

    bucket: str | None
    connect: Callable[[], Any] = connect_storage

    @property
    def is_there(self) -> bool:
        """Whether a bucket is configured."""
        return self.bucket is not None

    @cached_property
    def _client(self) -> Any:
        # Made when first needed: most requests need none.
        return self.connect()

    def put_once(self, key: str, body: bytes) -> bool:
        """Write an object if there is none of that key; return whether there was none."""
        with self._reaching():
            try:
                self._client.put_object(
                    Bucket=self.bucket,
                    Key=key,
                    Body=body,
                    ContentType="application/json",
                    IfNoneMatch="*",
                    # A bucket with Object Lock demands a checksum.
                    ChecksumAlgorithm="SHA256",
                )
            except ClientError as error:
                if error.response["Error"]["Code"] in ("PreconditionFailed", "412"):
                    return False
                raise
        return True

    def get(self, key: str) -> bytes | None:
        """Return an object's content."""
        with self._reaching():
            try:
                answer = self._client.get_object(Bucket=self.bucket, Key=key)
                content: bytes = answer["Body"].read()
            except ClientError as error:
                if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                    return None
                raise
        return content

    def get_all(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the contents of some objects, in the order of their keys."""
        if not keys:
            return []
        first = self.get(keys[0])  # which makes the client, once
        with ThreadPoolExecutor(_GETS_AT_ONCE) as pool:
            return [first, *pool.map(self.get, keys[1:])]

    def exists(self, key: str) -> bool:
        """Tell whether there is an object of that key."""
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
            answer = self._client.list_objects_v2(
                Bucket=self.bucket, Prefix=prefix, MaxKeys=limit, **({"StartAfter": after} if after else {})
            )
        return [each["Key"] for each in answer.get("Contents", ())], bool(answer["IsTruncated"])

    def all_keys(self, prefix: str) -> Iterator[str]:
        """Yield all keys in their order."""
        after, goes_on = "", True
        while goes_on:
            found, goes_on = self.keys(prefix, after=after)
            yield from found
            if found:
                after = found[-1]

    def changed_keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys that were written twice or deleted, as the bucket keeps every version."""
        seen = ""
        markers: dict[str, str] = {}
        while True:
            with self._reaching():
                answer = self._client.list_object_versions(Bucket=self.bucket, Prefix=prefix, **markers)
            yield from sorted({each["Key"] for each in answer.get("DeleteMarkers", ())})
            for version in answer.get("Versions", ()):
                if version["Key"] == seen:
                    yield seen
                seen = version["Key"]
            if not answer.get("IsTruncated"):
                return
            markers = {
                "KeyMarker": answer["NextKeyMarker"],
                "VersionIdMarker": answer["NextVersionIdMarker"],
            }

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        if self.bucket is None:
            raise ArchiveUnavailable("No archive is configured here.")
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            raise ArchiveUnavailable("The archive cannot answer at present; please try again.") from error
