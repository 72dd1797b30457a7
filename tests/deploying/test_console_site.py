"""The console's builds in their bucket: what browsers see after each deploy, and what open pages keep."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from deploy.console_build import Build, cache_control, checked, media_type
from deploy.console_site import RELEASES, Releases, Site
from deploy.errors import DeployError
from local.embedded_aws import embedded_aws
from local.settings import REGION

SETTINGS = {"sign_in": "hosted", "client_id": "c"}
NUMBERS = count(1)

MakeBuild = Callable[..., Build]


class Distribution:
    """A client of CloudFront that records invalidations."""

    def __init__(self) -> None:
        self.invalidated: list[list[str]] = []

    def create_invalidation(self, *, DistributionId: str, InvalidationBatch: dict[str, Any]) -> None:
        assert DistributionId == "some-distribution"
        paths = InvalidationBatch["Paths"]
        assert paths["Quantity"] == len(paths["Items"])
        self.invalidated.append(paths["Items"])


class Interrupted(Exception):
    """The process was killed."""


class Failing:
    """A client of S3 that fails from a call on."""

    def __init__(self, client: Any, calls: int, error: Exception) -> None:
        self._client, self._left, self._error = client, calls, error

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            if name not in ("put_object", "copy_object", "delete_objects"):
                return getattr(self._client, name)(**arguments)
            self._left -= 1
            if self._left < 0:
                raise self._error
            return getattr(self._client, name)(**arguments)

        return call


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with embedded_aws() as url:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        yield boto3.client("s3", endpoint_url=url, region_name=REGION, **keys)


@pytest.fixture
def bucket(s3: Any) -> str:
    name = f"console-{next(NUMBERS)}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


@pytest.fixture
def distribution() -> Distribution:
    return Distribution()


@pytest.fixture
def site(s3: Any, bucket: str, distribution: Distribution) -> Site:
    return open_site(s3, bucket, distribution)


def open_site(s3: Any, bucket: str, distribution: Distribution) -> Site:
    outputs = {"bucket": bucket, "distribution_id": "some-distribution", "served_prefix": "site"}
    return Site(s3, distribution, outputs)


@pytest.fixture
def make(tmp_path: Path) -> MakeBuild:
    """Returns a function that makes a build with a page of its own, with the given assets."""

    def make(name: str, *assets: str, **files: str) -> Build:
        folder = tmp_path / name
        contents = {f"assets/{asset}.js": asset for asset in assets} | files
        contents |= {"index.html": f'<title>{name}</title><div id="root">', "colour-scheme.js": f"// {name}"}
        for path, content in contents.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(content)
        return checked(folder)

    return make


def keys(s3: Any, bucket: str, prefix: str = "site/") -> set[str]:
    found = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    return {each["Key"].removeprefix(prefix) for each in found}


def text(s3: Any, bucket: str, path: str) -> str:
    content: bytes = s3.get_object(Bucket=bucket, Key=f"site/{path}")["Body"].read()
    return content.decode()


ALWAYS = {"index.html", "colour-scheme.js", "config.json"}


def test_the_first_build_is_shown_with_the_settings_of_the_stage(
    site: Site, s3: Any, bucket: str, distribution: Distribution, make: MakeBuild
) -> None:
    build = make("one", "a-1", "b-1")
    releases = site.publish(build, SETTINGS)
    assert releases == Releases(build.build_id, None)
    assert site.releases() == releases
    assert keys(s3, bucket) == ALWAYS | {"assets/a-1.js", "assets/b-1.js"}
    assert json.loads(text(s3, bucket, "config.json")) == SETTINGS
    assert site.page() == (build.folder / "index.html").read_bytes()
    assert distribution.invalidated == [["/index.html", "/config.json"]]


def test_each_file_has_its_type_and_the_time_for_which_it_is_kept(
    site: Site, s3: Any, bucket: str, make: MakeBuild
) -> None:
    site.publish(make("one", "a-1", **{"assets/x-1.wasm": "", "icon.svg": ""}), SETTINGS)
    found = {path: s3.head_object(Bucket=bucket, Key=f"site/{path}") for path in keys(s3, bucket)}
    kept, revalidated, never = "public, max-age=31536000, immutable", "no-cache", "no-store"
    assert {path: (each["ContentType"], each["CacheControl"]) for path, each in found.items()} == {
        "assets/a-1.js": ("text/javascript; charset=utf-8", kept),
        "assets/x-1.wasm": ("application/wasm", kept),
        "colour-scheme.js": ("text/javascript; charset=utf-8", revalidated),
        "icon.svg": ("image/svg+xml", revalidated),
        "config.json": ("application/json", never),
        "index.html": ("text/html; charset=utf-8", never),
    }


def test_an_open_page_keeps_its_files_for_one_more_deploy(
    site: Site, s3: Any, bucket: str, make: MakeBuild
) -> None:
    builds = [make("one", "a-1", "same"), make("two", "a-2", "same"), make("three", "a-3", "same")]
    for build in builds:
        site.publish(build, SETTINGS)
    assert site.releases() == Releases(builds[2].build_id, builds[1].build_id)
    # Those of the first are gone, except for the file that the later ones have too.
    assert keys(s3, bucket) == ALWAYS | {"assets/a-2.js", "assets/a-3.js", "assets/same.js"}
    assert text(s3, bucket, "colour-scheme.js") == "// three"
    assert not keys(s3, bucket, f"builds/{builds[0].build_id}")
    assert keys(s3, bucket, f"builds/{builds[1].build_id}/") == set(builds[1].paths)


def test_the_same_build_again_changes_the_settings_alone(
    site: Site, s3: Any, bucket: str, make: MakeBuild
) -> None:
    build = make("one", "a-1")
    before = site.publish(build, SETTINGS)
    again = site.publish(build, SETTINGS | {"client_id": "another"})
    assert again == before
    assert json.loads(text(s3, bucket, "config.json"))["client_id"] == "another"
    assert keys(s3, bucket) == ALWAYS | {"assets/a-1.js"}


def test_a_rollback_shows_the_build_before_and_another_one_the_newer_again(
    site: Site, s3: Any, bucket: str, distribution: Distribution, make: MakeBuild
) -> None:
    one, two = make("one", "a-1"), make("two", "a-2")
    site.publish(one, SETTINGS)
    site.publish(two, SETTINGS)
    assert site.roll_back(SETTINGS) == Releases(one.build_id, two.build_id)
    assert "<title>one</title>" in text(s3, bucket, "index.html")
    assert text(s3, bucket, "colour-scheme.js") == "// one"
    assert keys(s3, bucket) == ALWAYS | {"assets/a-1.js", "assets/a-2.js"}
    assert len(distribution.invalidated) == 3
    assert site.roll_back(SETTINGS) == Releases(two.build_id, one.build_id)
    assert "<title>two</title>" in text(s3, bucket, "index.html")


def test_a_deploy_after_a_rollback_keeps_the_build_that_was_shown(
    site: Site, s3: Any, bucket: str, make: MakeBuild
) -> None:
    one, bad, good = make("one", "a-1"), make("bad", "a-2"), make("good", "a-3")
    site.publish(one, SETTINGS)
    site.publish(bad, SETTINGS)
    site.roll_back(SETTINGS)
    assert site.publish(good, SETTINGS) == Releases(good.build_id, one.build_id)
    assert keys(s3, bucket) == ALWAYS | {"assets/a-1.js", "assets/a-3.js"}


def test_the_build_before_can_be_deployed_like_a_rollback(site: Site, make: MakeBuild) -> None:
    one, two = make("one", "a-1"), make("two", "a-2")
    site.publish(one, SETTINGS)
    site.publish(two, SETTINGS)
    assert site.publish(one, SETTINGS) == Releases(one.build_id, two.build_id)


def test_without_a_build_before_there_is_no_rollback(site: Site, make: MakeBuild) -> None:
    for _ in range(2):
        with pytest.raises(DeployError, match="There is no previous build"):
            site.roll_back(SETTINGS)
        site.publish(make("one"), SETTINGS)


def test_a_run_that_was_killed_anywhere_is_repaired_by_the_next(
    s3: Any, distribution: Distribution, make: MakeBuild
) -> None:
    builds = [make(name, f"a-{name}", "same") for name in ("one", "two", "three")]
    calls = 0
    while True:
        bucket = f"killed-{next(NUMBERS)}"
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        site = open_site(s3, bucket, distribution)
        site.publish(builds[0], SETTINGS)
        site.publish(builds[1], SETTINGS)
        killed = open_site(Failing(s3, calls, Interrupted()), bucket, distribution)
        try:
            killed.publish(builds[2], SETTINGS)
        except Interrupted:
            # What browsers see is whole: the page, and all files of the build that it belongs to.
            shown = next(
                each for each in builds if f"<title>{each.folder.name}<" in text(s3, bucket, "index.html")
            )
            assert set(shown.paths) <= keys(s3, bucket)
        else:
            break
        assert site.publish(builds[2], SETTINGS) == Releases(builds[2].build_id, builds[1].build_id)
        assert keys(s3, bucket) == ALWAYS | {"assets/a-two.js", "assets/a-three.js", "assets/same.js"}
        assert keys(s3, bucket, "builds/") == {
            *(f"{each.build_id}.json" for each in builds[1:]),
            *(f"{each.build_id}/{path}" for each in builds[1:] for path in each.paths),
        }
        calls += 1
    assert calls > 10


def test_of_two_runs_at_once_one_publishes(
    site: Site,
    s3: Any,
    bucket: str,
    distribution: Distribution,
    make: MakeBuild,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site.publish(make("one", "a-1"), SETTINGS)
    other = open_site(s3, bucket, distribution)
    late = other.releases()
    two = site.publish(make("two", "a-2"), SETTINGS)
    monkeypatch.setattr(other, "releases", lambda: late)
    with pytest.raises(DeployError, match="Another process publishes the console at the same time"):
        other.publish(make("three", "a-3"), SETTINGS)
    assert "<title>two</title>" in text(s3, bucket, "index.html")
    assert site.releases() == two


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "AccessDenied", "Message": "Access Denied"}}, "PutObject"),
        EndpointConnectionError(endpoint_url="https://s3.invalid"),
    ],
)
def test_what_aws_refuses_is_reported_in_one_line(
    s3: Any, bucket: str, distribution: Distribution, make: MakeBuild, error: Exception
) -> None:
    site = open_site(Failing(s3, 0, error), bucket, distribution)
    with pytest.raises(
        DeployError, match=r"The console's files cannot be changed: .*(Access Denied|s3\.invalid)"
    ):
        site.publish(make("one"), SETTINGS)
    with pytest.raises(DeployError, match=r"The console's files cannot be read: .*NoSuchBucket"):
        open_site(s3, "no-such-bucket", distribution).releases()


def test_the_settings_are_no_part_of_a_build(site: Site, s3: Any, bucket: str, make: MakeBuild) -> None:
    build = make("one", **{"config.json": '{"sign_in": "development"}'})
    assert "config.json" not in build.paths
    site.publish(build, SETTINGS)
    assert json.loads(text(s3, bucket, "config.json")) == SETTINGS


def test_a_build_is_named_after_its_files(make: MakeBuild) -> None:
    same = {make(name, "a-1").build_id for name in ("one",)} | {make("one", "a-1").build_id}
    assert len(same) == 1
    assert make("one", "a-1", "b-1").build_id not in same
    assert [make("last", "b-1").paths[0], make("last", "b-1").paths[-1]] == ["assets/b-1.js", "index.html"]
    assert str(make("two", "a-1")).startswith("build ")


@pytest.mark.parametrize("name", ["x.JS", "x.mjs", "assets/x-1.js"])
def test_scripts_have_the_one_type_that_browsers_run(name: str) -> None:
    assert media_type(name) == "text/javascript; charset=utf-8"


def test_unknown_files_are_bytes_and_asked_for_again() -> None:
    assert (media_type("x.unknown"), cache_control("x.unknown")) == ("application/octet-stream", "no-cache")
    assert cache_control("sub/index.html") == "no-cache"
    assert RELEASES.endswith(".json")
