"""A deployment: the service or the console, its stage, Terraform's state, and AWS."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from deploy.errors import DeployError
from deploy.services import BUILD_FOLDER, CONSOLE, check_deployable

PROTECTED_STAGE: Final = "prod"
"""The stage that cannot be destroyed."""
DEFAULT_REGION: Final = "ap-south-1"

_STAGE: Final = re.compile(r"[a-z][a-z0-9]{1,11}")
_CLIENT_CONFIG: Final = Config(connect_timeout=5, read_timeout=15, retries={"total_max_attempts": 2})


def check_stage(name: str) -> None:
    """Check that a name can be a stage's.

    Raises
    ------
    DeployError
        If it cannot.
    """
    if not _STAGE.fullmatch(name):
        problem = f"{name!r} is not a stage" if name else "Missing STAGE=NAME"
        raise DeployError(f"{problem}; a stage is dev, staging, prod, or 2 to 12 of a-z and 0-9.")


def region_from(environ: Mapping[str, str]) -> str:
    """Return the region that the environment names, or the default."""
    return environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or DEFAULT_REGION


def platform_parameter(parameters: Any, stage: str, name: str) -> str:
    """Return a parameter that the platform publishes for a stage (``docs/platform-contract.md``).

    Parameters
    ----------
    parameters
        boto3's client of SSM; its errors are raised as they are.
    stage, name
        Such as ``dev`` and ``archive/bucket``.

    Raises
    ------
    DeployError
        If there is none.
    """
    full_name = f"/inventory/{stage}/{name}"
    try:
        value: str = parameters.get_parameter(Name=full_name)["Parameter"]["Value"]
    except parameters.exceptions.ParameterNotFound as error:
        raise DeployError(
            f"The stage '{stage}' has no parameter {full_name}.  Check the account and the region, and "
            "whether the platform was applied and the services deployed."
        ) from error
    return value


@dataclass(frozen=True)
class Deployment:
    """A service on a stage, or the console.

    Attributes
    ----------
    service, stage, region : str
        Their names.
    state_bucket : str or None
        The S3 bucket of the states, or None if they are in `state_folder`.
    state_folder : Path or None
        A folder of this machine with the states.
    endpoint_url : str or None
        The endpoint of an emulated AWS, if one is used.
    work_folder : Path
        The folder in which Terraform runs; each deployment has its own.
    """

    service: str
    stage: str
    region: str
    state_bucket: str | None
    state_folder: Path | None
    endpoint_url: str | None
    work_folder: Path

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Return the deployment that ``SERVICE``, ``STAGE``, ``STATE_BUCKET`` or ``STATE_FOLDER`` name.

        Raises
        ------
        DeployError
            If one is missing or wrong.
        """
        service, stage = environ.get("SERVICE", ""), environ.get("STAGE", "")
        check_deployable(service)
        check_stage(stage)
        bucket, folder = environ.get("STATE_BUCKET") or None, environ.get("STATE_FOLDER") or None
        if (bucket is None) == (folder is None):
            raise DeployError(
                "Missing STATE_BUCKET=NAME, the platform team's S3 bucket, "
                "or STATE_FOLDER=PATH for a state on this machine; only one of the two is allowed."
            )
        return cls(
            service=service,
            stage=stage,
            region=region_from(environ),
            state_bucket=bucket,
            state_folder=None if folder is None else Path(folder).resolve(),
            endpoint_url=environ.get("AWS_ENDPOINT_URL") or None,
            work_folder=Path(environ.get("BUILD_FOLDER") or BUILD_FOLDER).resolve()
            / "terraform"
            / f"{stage}-{service}",
        )

    def __str__(self) -> str:
        """Return its name for messages."""
        return f"{self.service} on {self.stage}"

    @property
    def root_folder(self) -> Path:
        """The folder of the copy of the Terraform root that Terraform runs in."""
        return self.work_folder / (CONSOLE if self.service == CONSOLE else "service")

    @property
    def emulator_endpoint(self) -> str | None:
        """The endpoint of an AWS that is emulated on this machine, or None."""
        host = urlsplit(self.endpoint_url or "").hostname
        return self.endpoint_url if host in ("127.0.0.1", "localhost") else None

    @property
    def state_key(self) -> str:
        """The key of the state in the bucket, and its path in the folder."""
        return f"inventory/{self.stage}/service-{self.service}.tfstate"

    def client(self, name: str) -> Any:
        """Return a boto3 client with short timeouts and few retries."""
        return boto3.client(name, region_name=self.region, config=_CLIENT_CONFIG)

    def check_aws(self) -> None:
        """Check access to AWS, which Terraform would find missing only after minutes.

        Raises
        ------
        DeployError
            If AWS does not answer, or refuses the credentials.
        """
        try:
            self.client("sts").get_caller_identity()
        except ClientError as error:
            refusal = error.response["Error"]
            raise DeployError(
                f"AWS refuses the credentials: {refusal.get('Message') or refusal['Code']}"
            ) from error
        except BotoCoreError as error:
            where = self.endpoint_url or f"AWS in {self.region}"
            raise DeployError(f"{where} cannot be used: {error}") from error
