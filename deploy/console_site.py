"""The console in its bucket: builds that stay for a rollback, and the site that browsers see.

The bucket contains

- ``builds/<id>/<file>``, and ``builds/<id>.json``, written last: the files of a complete build;
- ``site/<file>``, which the distribution serves: copies of the current build's files, those of the build
  before, which a page that is open still loads, and ``config.json``;
- ``releases.json``: which build is the current one, and which one was before.

A step that is repeated changes nothing, so an interrupted run is repaired by the next one. ``releases.json``
is replaced only as it was read: two runs at once cannot both publish.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from deploy.console_build import CONFIGURATION, INDEX, Build, cache_control, media_type
from deploy.errors import DeployError

RELEASES: Final = "releases.json"

_BUILDS: Final = "builds/"
_UPLOADS_AT_ONCE: Final = 8
_DELETED_AT_ONCE: Final = 1000
"""The most keys that S3 deletes by one request."""
_CONFLICTS: Final = ("ConditionalRequestConflict", "PreconditionFailed")


@dataclass(frozen=True)
class Releases:
    """What was published.

    Attributes
    ----------
    current, previous : str or None
        The ids of the builds; None if there was none.
    retired : tuple of str
        Older builds whose files are still to be deleted.
    etag : str or None
        That of the object, None if there is none yet.
    """

    current: str | None = None
    previous: str | None = None
    retired: tuple[str, ...] = ()
    etag: str | None = field(default=None, compare=False)

    def followed_by(self, build_id: str) -> Releases:
        """Return the releases after this build is published."""
        if build_id == self.current:
            return self
        if build_id == self.previous:
            return self.rolled_back()
        retired = [each for each in (*self.retired, self.previous) if each not in (None, build_id)]
        return replace(self, current=build_id, previous=self.current, retired=tuple(map(str, retired)))

    def rolled_back(self) -> Releases:
        """Return the releases after the previous build is published again."""
        return replace(self, current=self.previous, previous=self.current)


class Site:
    """The bucket of a console, and its distribution.

    Parameters
    ----------
    s3, cloudfront
        Clients of boto3.
    outputs
        The outputs of ``terraform/console``.
    """

    def __init__(self, s3: Any, cloudfront: Any, outputs: Mapping[str, Any]) -> None:
        self._s3, self._cloudfront = s3, cloudfront
        self._bucket: str = outputs["bucket"]
        self._distribution: str = outputs["distribution_id"]
        self._site = f"{outputs['served_prefix']}/"

    def releases(self) -> Releases:
        """Return what was published."""
        with _s3_errors("read"):
            try:
                found = self._s3.get_object(Bucket=self._bucket, Key=RELEASES)
            except ClientError as error:
                if error.response["Error"]["Code"] == "NoSuchKey":
                    return Releases()
                raise
            stored = json.loads(found["Body"].read())
        return Releases(stored["current"], stored["previous"], tuple(stored["retired"]), found["ETag"])

    def page(self) -> bytes:
        """Return the page that browsers get."""
        with _s3_errors("read"):
            found = self._s3.get_object(Bucket=self._bucket, Key=f"{self._site}{INDEX}")
            content: bytes = found["Body"].read()
        return content

    def publish(self, build: Build, configuration: Mapping[str, Any]) -> Releases:
        """Upload a build, show it to browsers, and delete what no open page needs; return the releases.

        Raises
        ------
        DeployError
            If S3 or CloudFront refuses, or another run publishes at the same time.
        """
        before = self.releases()
        after = before.followed_by(build.build_id)
        with _s3_errors("changed"):
            if build.build_id not in (before.current, before.previous):
                self._upload(build)
            return self._clean_up(self._show(build.build_id, build.paths, after, configuration))

    def roll_back(self, configuration: Mapping[str, Any]) -> Releases:
        """Show the previous build to browsers again; return the releases.

        Raises
        ------
        DeployError
            If there is none, S3 or CloudFront refuses, or another run publishes at the same time.
        """
        after = self.releases().rolled_back()
        if after.current is None:
            raise DeployError("There is no previous build: the console was deployed once, or not at all.")
        with _s3_errors("changed"):
            return self._show(after.current, self._files(after.current), after, configuration)

    def _upload(self, build: Build) -> None:
        def upload(path: str) -> None:
            self._put(f"{_BUILDS}{build.build_id}/{path}", (build.folder / path).read_bytes(), path)

        _at_once(upload, build.paths)
        self._put(_manifest(build.build_id), json.dumps({"files": build.paths}).encode(), RELEASES)

    def _show(
        self, build_id: str, paths: Iterable[str], releases: Releases, configuration: Mapping[str, Any]
    ) -> Releases:
        """Copy a build to where browsers see it: the page last, as it names all others."""

        def copy(path: str) -> None:
            self._s3.copy_object(
                Bucket=self._bucket,
                Key=f"{self._site}{path}",
                CopySource={"Bucket": self._bucket, "Key": f"{_BUILDS}{build_id}/{path}"},
            )

        _at_once(copy, [path for path in paths if path != INDEX])
        settings = json.dumps(configuration, indent=2).encode() + b"\n"
        self._put(f"{self._site}{CONFIGURATION}", settings, CONFIGURATION)
        written = self._write(releases)
        copy(INDEX)
        self._cloudfront.create_invalidation(
            DistributionId=self._distribution,
            InvalidationBatch={
                "Paths": {"Quantity": 2, "Items": [f"/{INDEX}", f"/{CONFIGURATION}"]},
                "CallerReference": secrets.token_hex(16),
            },
        )
        return written

    def _clean_up(self, releases: Releases) -> Releases:
        """Delete the builds before the previous one, with what the site has of them alone."""
        if not releases.retired:
            return releases
        kept = {path for each in (releases.current, releases.previous) if each for path in self._files(each)}
        retired = {each: self._files(each) for each in releases.retired}
        useless = {path for paths in retired.values() for path in paths} - kept
        self._delete([f"{self._site}{path}" for path in sorted(useless)])
        for build_id, paths in retired.items():
            self._delete([*(f"{_BUILDS}{build_id}/{path}" for path in paths), _manifest(build_id)])
        return self._write(replace(releases, retired=()))

    def _files(self, build_id: str) -> list[str]:
        """Return the files of a build; none if it was not uploaded completely."""
        try:
            found = self._s3.get_object(Bucket=self._bucket, Key=_manifest(build_id))
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return []
            raise
        paths: list[str] = json.loads(found["Body"].read())["files"]
        return paths

    def _write(self, releases: Releases) -> Releases:
        stored = {"current": releases.current, "previous": releases.previous, "retired": releases.retired}
        only_if = {"IfNoneMatch": "*"} if releases.etag is None else {"IfMatch": releases.etag}
        return replace(releases, etag=self._put(RELEASES, json.dumps(stored).encode(), RELEASES, **only_if))

    def _put(self, key: str, content: bytes, path: str, **more: Any) -> str:
        """Write an object, with the headers of the file of this path; return its ETag."""
        written = self._s3.put_object(
            Bucket=self._bucket,
            Key=key,
            Body=content,
            ContentType=media_type(path),
            CacheControl=cache_control(path),
            **more,
        )
        return str(written["ETag"])

    def _delete(self, keys: list[str]) -> None:
        for start in range(0, len(keys), _DELETED_AT_ONCE):
            some = [{"Key": key} for key in keys[start : start + _DELETED_AT_ONCE]]
            self._s3.delete_objects(Bucket=self._bucket, Delete={"Objects": some, "Quiet": True})


def _manifest(build_id: str) -> str:
    return f"{_BUILDS}{build_id}.json"


def _at_once(function: Callable[[str], None], paths: Iterable[str]) -> None:
    """Call a function for each path, a few at a time."""
    with ThreadPoolExecutor(_UPLOADS_AT_ONCE) as pool:
        list(pool.map(function, paths))


@contextmanager
def _s3_errors(what: str) -> Iterator[None]:
    """Turn an error of AWS into ours."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in _CONFLICTS:
            raise DeployError(
                "Another process publishes the console at the same time, and has won; repeat the command."
            ) from error
        raise DeployError(f"The console's files cannot be {what}: {error}") from error
    except BotoCoreError as error:
        raise DeployError(f"The console's files cannot be {what}: {error}") from error
