"""What a zip may be made for."""

from __future__ import annotations

import platform
import sys

import pytest

from deploy.errors import DeployError
from deploy.target import Target


def test_nothing_said_is_python_3_13_on_arm64() -> None:
    assert Target.named("", "") == Target("python3.13", "arm64")


def test_native_is_what_runs_here() -> None:
    native = Target.named("native", "native")
    assert native.python_version == "{}.{}".format(*sys.version_info[:2])
    assert (
        native.architecture == {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
    )
    assert Target.named("", "native").runtime == "python3.13"
    assert Target.named("native", "").architecture == "arm64"


@pytest.mark.parametrize(
    ("runtime", "architecture", "message"),
    [
        ("", "sparc", "ARCHITECTURE is arm64, x86_64 or native, not 'sparc'"),
        ("python3.10", "", "RUNTIME is python3.11 or newer"),
        ("nodejs22.x", "", "not 'nodejs22.x'"),
    ],
)
def test_what_lambda_does_not_support_is_refused(runtime: str, architecture: str, message: str) -> None:
    with pytest.raises(DeployError, match=message):
        Target.named(runtime, architecture)


def test_wheels_fit_the_c_library_of_the_runtime() -> None:
    assert Target("python3.11", "x86_64").platforms == [
        "manylinux_2_17_x86_64",
        "manylinux_2_26_x86_64",
        "manylinux2014_x86_64",
    ]
    assert "manylinux_2_34_aarch64" in Target("python3.12", "arm64").platforms
