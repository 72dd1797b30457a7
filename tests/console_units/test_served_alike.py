"""The local front and the deployed distribution serve the same files in the same way."""

from __future__ import annotations

import re
from pathlib import Path

from deploy import console_build, node
from local.console import site, sources

HEADERS = (Path(__file__).parents[2] / "terraform" / "console" / "headers.tf").read_text(encoding="utf-8")
CONNECT = "connect-src 'self'"


def test_both_have_one_content_security_policy() -> None:
    block = HEADERS[HEADERS.index("content_security_policy = join") :]
    deployed = set(re.findall(r'"([a-z]+-[a-z]+ [^"]+)"', block[: block.index("])")]))
    # The hosted login has a host of its own.
    assert {each for each in deployed if each.startswith(CONNECT)} == {
        f"{CONNECT} ${{local.configuration.authority}}/ ${{local.configuration.hosted_login}}"
    }
    local = set(site.CONSOLE_POLICY.split("; "))
    assert local - {CONNECT} == {each for each in deployed if not each.startswith(CONNECT)}
    assert CONNECT in local


def test_both_have_the_same_permissions() -> None:
    assert f'permissions_policy = "{site.CONSOLE_HEADERS["Permissions-Policy"]}"' in HEADERS


def test_both_know_the_same_media_types() -> None:
    deployed = console_build._MEDIA_TYPES
    assert {suffix: deployed.get(suffix) for suffix in site.MEDIA_TYPES} == site.MEDIA_TYPES


def test_both_cache_alike() -> None:
    assert (site.CACHE_FOREVER, site.ASK_AGAIN, site.NEVER_STORED) == (
        console_build.KEPT,
        console_build.ASKED_AGAIN,
        console_build.NEVER_KEPT,
    )
    assert site.HASHED_FOLDER == console_build._HASHED


def test_both_name_the_interpreter_to_the_build_alike() -> None:
    build = (sources.CONSOLE / "python.ts").read_text(encoding="utf-8")
    assert node.PYTHON_VARIABLE == sources.PYTHON_VARIABLE
    assert f"process.env.{sources.PYTHON_VARIABLE} " in build
