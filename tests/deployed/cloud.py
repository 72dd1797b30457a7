"""An emulated AWS that enforces IAM, with the commands of the platform team and of the service teams.

Each team works as its CI does: under the role of ``terraform/deployers`` that its job's token lets it assume.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3
import httpx
from botocore.config import Config

from deploy.target import Target
from local.children import Child, stop_children
from local.embedded_aws import health_url
from local.environment import embedded_aws_environment
from local.fetch import answers_ok
from local.ports import free_port
from local.settings import HOST, REGION
from tests.deployed.recorded import RECORD
from tests.integration.processes import ROOT, wait_until
from tests.support.provider_mirror import TERRAFORM_SETTINGS, provider_mirror

STAGE: Final = "dev"
STATE_BUCKET: Final = "acme-inventory-states"
IN_A_FOLDER: Final = ("stock",)
"""Services whose state is in a folder; that of the others is in the bucket, as in production."""
ISSUER: Final = "https://ci.example.org"
AUDIENCE: Final = "sts.amazonaws.com"
TEAMS: Final = ("platform", "catalog", "stock", "audit", "console")
SESSION: Final = "deploy"
"""The session's name of a role while its team deploys, by which its calls are found."""
Statement = dict[str, Any]
"""A statement of a policy."""
ROOT_KEY: Final = "root-of-the-test"
PASSWORD: Final = "Correct-Horse-7-Battery"
COMMAND_SECONDS: Final = 600
BACKLOG_SECONDS: Final = 120.0
"""How far streams may lag."""


@dataclass(frozen=True)
class Done:
    """The output of a command, and its exit code."""

    exit_code: int
    output: str
    errors: str
    seconds: float


class Cloud:
    """One emulated AWS, in a folder of its own.

    Parameters
    ----------
    folder
        Contains everything that the run writes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        port = free_port()
        self.url = f"http://{HOST}:{port}"
        keys = {"AWS_ACCESS_KEY_ID": ROOT_KEY, "AWS_SECRET_ACCESS_KEY": ROOT_KEY}
        environment = embedded_aws_environment(port, folder, os.environ, None) | keys | {"AUTH": "true"}
        self.calls_file = folder / "calls.jsonl"
        environment[RECORD] = str(self.calls_file)
        self._aws = Child("aws", ["tests.deployed.recording_aws"], environment, folder / "aws.log")
        wait_until(lambda: answers_ok(health_url(port)), "embedded AWS ready")
        self.environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
            **keys,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            **TERRAFORM_SETTINGS,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "libs" / "common")]),
            "TF_CLI_ARGS_init": f"-plugin-dir={provider_mirror()}",
        }
        self.state_folder = folder / "states"
        here = {"LocationConstraint": REGION}
        self.client("s3").create_bucket(Bucket=STATE_BUCKET, CreateBucketConfiguration=here)

    def stop(self) -> None:
        stop_children([self._aws])

    def log_tail(self) -> str:
        return self._aws.log_tail(60)

    def client(self, name: str, credentials: Mapping[str, str] | None = None) -> Any:
        """Return a boto3 client of the account's root, or with the given credentials."""
        keys = credentials or {"AccessKeyId": ROOT_KEY, "SecretAccessKey": ROOT_KEY}
        return boto3.client(
            name,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
            config=Config(retries={"total_max_attempts": 1}, max_pool_connections=32),
        )

    def wait_until_archived(self, bucket: str, sku: str) -> list[dict[str, Any]]:
        """Wait until the archive has records of a SKU, so that the stream has brought all older ones too.

        Returns
        -------
        list of dict
            The SKU's records, those of the newest object first.
        """
        s3 = self.client("s3")
        found: list[dict[str, Any]] = []

        def is_archived() -> bool:
            pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="log/")
            every = [each["Key"] for page in pages for each in page.get("Contents", ())]
            # Tests of permissions put objects of other names beside those that the stream writes.
            keys = [key for key in every if key.endswith(".jsonl")]
            contents = (s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in reversed(keys))
            records = (
                json.loads(line) for content in contents for line in content.splitlines() if line[:1] == b"{"
            )
            found[:] = [record for record in records if record["sku"] == sku]
            return bool(found)

        wait_until(is_archived, f"a record of {sku} in the archive", BACKLOG_SECONDS)
        return found

    # An administrator

    def deployers(self, *arguments: str) -> Done:
        """Run Terraform on ``terraform/deployers``, as the administrator of the account does."""
        subjects = {team: [subject_of(team)] for team in TEAMS}
        given = {
            "state_bucket": STATE_BUCKET,
            "oidc": {"issuer": ISSUER, "audience": AUDIENCE},
            "stages": {STAGE: {"subjects": subjects, "table_name_prefixes": [""]}},
        }
        root = self._root("deployers", "inventory/deployers.tfstate", given)
        return self._run(["terraform", *arguments], root)

    def deployer(self, team: str, session: str = SESSION, **claims: str) -> dict[str, str]:
        """Assume a team's role with the token of its job, and return the credentials.

        Claims replace those of the token; the emulator reads them, and checks no signature.
        """
        said = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject_of(team), **claims}
        plain = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
        found: dict[str, str] = self.client("sts").assume_role_with_web_identity(
            RoleArn=f"arn:aws:iam::000000000000:role/inventory-deployer-{STAGE}-{team}",
            RoleSessionName=session,
            WebIdentityToken=f"{base64.urlsafe_b64encode(b'{}').decode()}.{plain}.x",
        )["Credentials"]
        return found

    def deployers_statements(self) -> dict[str, list[Statement]]:
        """Return the statements of each team's role, as IAM has them."""
        iam = self.client("iam")
        found: dict[str, list[Statement]] = {}
        for team in TEAMS:
            attached = iam.list_attached_role_policies(RoleName=f"inventory-deployer-{STAGE}-{team}")
            for policy in attached["AttachedPolicies"]:
                arn = policy["PolicyArn"]
                version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
                document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"][
                    "Document"
                ]
                found.setdefault(team, []).extend(document["Statement"])
        return found

    def _as(self, team: str) -> dict[str, str]:
        keys = self.deployer(team)
        return {
            "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
            "AWS_SESSION_TOKEN": keys["SessionToken"],
        }

    def calls(self) -> list[dict[str, Any]]:
        """Return all calls until now, as `tests.deployed.recording_aws` has recorded them."""
        return [json.loads(line) for line in self.calls_file.read_text().splitlines()]

    def _root(self, name: str, state: str, variables: Mapping[str, Any]) -> Path:
        """Return an initialised copy of a root of Terraform, whose state is in the bucket."""
        root = self.folder / "terraform" / name
        if not root.exists():
            for part in (name, "modules"):
                ignored = shutil.ignore_patterns(".terraform*", "tests")
                shutil.copytree(
                    ROOT / "terraform" / part, root.parent / part, ignore=ignored, dirs_exist_ok=True
                )
            (root / "e2e.auto.tfvars.json").write_text(json.dumps(variables, indent=2))
            backend = {"bucket": STATE_BUCKET, "region": REGION, "key": state}
            options = [f"-backend-config={key}={value}" for key, value in backend.items()]
            environment = self.environment | (self._as("platform") if name == "platform" else {})
            command = ["terraform", "init", "-input=false", "-no-color", *options]
            initialised = self._run(command, root, environment)
            assert initialised.exit_code == 0, initialised.errors
        return root

    # The platform team

    def platform(self, *arguments: str) -> Done:
        """Run Terraform on ``terraform/platform``, as the platform team does."""
        root = self._root("platform", f"inventory/{STAGE}/platform.tfstate", self.platform_variables())
        return self._run(["terraform", *arguments], root, self.environment | self._as("platform"))

    def platform_elsewhere(self, *arguments: str) -> Done:
        """Run Terraform on ``terraform/platform`` in a copy of it in another folder, with its state."""
        other = self.folder / "another-checkout"
        for name in ("terraform", "build/claims.zip"):
            source, target = self.folder / name, other / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
        environment = self.environment | self._as("platform")
        return self._run(["terraform", *arguments], other / "terraform" / "platform", environment)

    def platform_variables(self) -> dict[str, Any]:
        return {
            "stage": STAGE,
            # As in terraform/platform/stages: the path is in the state, and must be that of any checkout.
            "claims_zip": "../../build/claims.zip",
            "claims_runtime": Target.native().runtime,
            "claims_architecture": Target.native().architecture,
            "emulator_endpoint": self.url,
            "test_sign_in": True,
            "deletion_protection": False,
            "point_in_time_recovery": False,
            "order_clients": ["web-shop"],
            "vendor_clients": {"acme-erp": "VENDOR-ACME"},
            "permissions_boundary_arn": (
                f"arn:aws:iam::000000000000:policy/inventory-deployer-{STAGE}-boundary"
            ),
        }

    def platform_outputs(self) -> dict[str, Any]:
        done = self.platform("output", "-json")
        assert done.exit_code == 0, done.errors
        return {name: output["value"] for name, output in json.loads(done.output).items()}

    def rotate_ledger_key(self, stage: str = STAGE) -> Done:
        """Give the stage its first key of the stock log, or another one: ``make rotate-ledger-key``."""
        environment = self.environment | (self._as("platform") if stage == STAGE else {})
        return self._run([sys.executable, "-m", "tools.ledger_keys", "--stage", stage], ROOT, environment)

    # Operators

    def operation(self, name: str, STAGE: str = STAGE, **environment: str) -> Done:
        """Run an operation of a stage by hand: ``make reconcile STAGE=dev`` and the like."""
        command = [sys.executable, "-m", "tools.operations", name, "--stage", STAGE]
        return self._run(command, ROOT, self.environment | environment)

    # A service team

    def team(self, task: str, service: str, checkout: Path = ROOT, **settings: str) -> Done:
        """Run a Makefile task of a service team: ``make deploy SERVICE=stock STAGE=dev`` and the like."""
        is_here = service in IN_A_FOLDER
        where = {"STATE_FOLDER": str(self.state_folder)} if is_here else {"STATE_BUCKET": STATE_BUCKET}
        # The roles are those of one stage.
        role = self._as(service) if settings.get("STAGE", STAGE) == STAGE else {}
        environment = (
            self.environment
            | role
            | {
                "SERVICE": service,
                "STAGE": STAGE,
                **where,
                "BUILD_FOLDER": str(self.folder / "build"),
                "RUNTIME": "native",
                "ARCHITECTURE": "native",
                "YES": "1",
                "PYTHONPATH": os.pathsep.join([str(checkout), str(checkout / "libs" / "common")]),
                **settings,
            }
        )
        return self._run([sys.executable, "-m", "deploy", task], checkout, environment)

    def state_of(self, service: str) -> dict[str, Any]:
        """Return the Terraform state of a service."""
        key = f"inventory/{STAGE}/service-{service}.tfstate"
        if service in IN_A_FOLDER:
            text = (self.state_folder / key).read_bytes()
        else:
            text = self.client("s3").get_object(Bucket=STATE_BUCKET, Key=key)["Body"].read()
        state: dict[str, Any] = json.loads(text)
        return state

    def _run(self, command: list[str], folder: Path, environment: Mapping[str, str] | None = None) -> Done:
        started = time.monotonic()
        done = subprocess.run(
            command,
            cwd=folder,
            env=dict(environment or self.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        )
        return Done(done.returncode, done.stdout, done.stderr, time.monotonic() - started)


def subject_of(team: str) -> str:
    """Return the subject of the tokens that a team's jobs get."""
    return f"repo:acme/{team}:environment:{STAGE}"


def copy_checkout(folder: Path) -> Path:
    """Copy of this checkout what deploying needs into a new folder, and return the folder."""
    for part in ("deploy", "services", "libs", "requirements", "terraform"):
        ignored = shutil.ignore_patterns("__pycache__", ".terraform*", "*.tfstate*", "tests")
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    shutil.copy(ROOT / "LICENSE", folder)
    return folder


class Tokens:
    """Tokens of the platform's Cognito pool, fetched once per role and vendor."""

    def __init__(self, cloud: Cloud, outputs: Mapping[str, Any]) -> None:
        self._cognito = cloud.client("cognito-idp")
        self._token_url = f"{cloud.url}/oauth2/token"
        self._outputs = outputs
        self._tokens: dict[tuple[str, str | None], str] = {}
        self._lock = threading.Lock()

    def token(self, role: str, vendor_id: str | None = None) -> str:
        with self._lock:
            token = self._tokens.get((role, vendor_id))
            if token is None:
                token = self.of_machine("web-shop") if role == "orders" else self.of_person(role, vendor_id)
                self._tokens[role, vendor_id] = token
            return token

    def of_person(self, group: str, vendor_id: str | None = None) -> str:
        """Create a person as an administrator, sign them in, and return their ID token."""
        pool = self._outputs["user_pool_id"]
        name = f"{group}-{vendor_id or 'all'}@example.com".lower()
        attributes = [{"Name": "email", "Value": name}, {"Name": "email_verified", "Value": "true"}]
        if vendor_id:
            attributes.append({"Name": "custom:vendor_id", "Value": vendor_id})
        with suppress(self._cognito.exceptions.UsernameExistsException):
            self._cognito.admin_create_user(
                UserPoolId=pool, Username=name, UserAttributes=attributes, MessageAction="SUPPRESS"
            )
        self._cognito.admin_set_user_password(
            UserPoolId=pool, Username=name, Password=PASSWORD, Permanent=True
        )
        self._cognito.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName=group)
        signed_in = self._cognito.admin_initiate_auth(
            UserPoolId=pool,
            ClientId=self._outputs["web_client_id"],
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD},
        )
        return str(signed_in["AuthenticationResult"]["IdToken"])

    def of_machine(self, name: str) -> str:
        """Return an access token of a machine client."""
        client = self._outputs["machine_clients"][name]
        basic = base64.b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
        scope = client["scope"] if isinstance(client["scope"], str) else " ".join(client["scope"])
        response = httpx.post(
            self._token_url,
            content=urllib.parse.urlencode({"grant_type": "client_credentials", "scope": scope}),
            headers={
                "Authorization": f"Basic {basic}",
                "Content-Type": "application/x-www-form-urlencoded",
            },
            trust_env=False,
        )
        assert response.status_code == 200, response.text
        return str(response.json()["access_token"])
