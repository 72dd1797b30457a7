"""``make restore``: each step looks whether it is done; what cannot be done is refused at first."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from inventory_common.archive_keys import epoch_digest_key
from local.tables import create_tables
from tools.restore.__main__ import main
from tools.restore.errors import RestoreError
from tools.restore.platform import Platform, with_restored_tables
from tools.restore.stage import Stage, moment_of
from tools.restore.tables import TABLES, RestoredTables, restored_prefix

NOW = datetime(2026, 11, 30, 12, 0, 0, tzinfo=UTC)
MOMENT = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)
TEXT = "2026-11-22T10:00:00Z"
RESTORED = "restored-20261122T100000Z-dev-"
BUCKET = "archive"


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-11-22", "2026-11-22T10:00:00+01:00", "2026-11-22T10:00:00.5Z"]
)
def test_the_moment_is_a_whole_second_in_utc(text: str) -> None:
    with pytest.raises(RestoreError, match="TIME is a second in UTC such as 2026-11-22T10:00:00Z, not"):
        moment_of(text, NOW)


def test_the_moment_is_in_the_past() -> None:
    assert moment_of(TEXT, NOW) == MOMENT
    with pytest.raises(RestoreError, match="2026-11-30T12:00:00Z is not in the past"):
        moment_of("2026-11-30T12:00:00Z", NOW)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "restored-20261122T100000Z-"),
        ("dev-", RESTORED),
        ("restored-20260101T000000Z-dev-", RESTORED),
        ("restored-by-hand-", "restored-20261122T100000Z-restored-by-hand-"),
    ],
)
def test_the_prefix_names_the_last_restore_alone(before: str, after: str) -> None:
    assert restored_prefix(before, MOMENT) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'stage = "dev"\ntable_name_prefix   = "dev-"\nxray = true\n',
            f'stage = "dev"\ntable_name_prefix = "{RESTORED}"\nxray = true\n'
            f'tables_restored_to = ["{TEXT}"]\n',
        ),
        (
            'stage = "prod"\n',
            f'stage = "prod"\ntable_name_prefix = "{RESTORED}"\ntables_restored_to = ["{TEXT}"]\n',
        ),
        (
            'table_name_prefix = "a-"\ntables_restored_to = [\n  "2026-01-01T00:00:00Z",\n]\nxray = true\n',
            f'table_name_prefix = "{RESTORED}"\n'
            f'tables_restored_to = ["2026-01-01T00:00:00Z", "{TEXT}"]\nxray = true\n',
        ),
    ],
)
def test_the_variables_of_the_stage_name_the_restored_tables_once(before: str, after: str) -> None:
    assert with_restored_tables(before, RESTORED, TEXT) == after
    assert with_restored_tables(after, RESTORED, TEXT) == after


class FakePlatform(Platform):
    """A root whose Terraform is not run."""

    def require_initialised(self) -> None:
        self.say("state is that of the stage")

    def adopt(self, prefix: str, moment: str) -> None:
        self.say(f"adopted {prefix} {moment}")
        for name, value in (("tables/name_prefix", prefix), ("tables/restored_to", moment)):
            put(boto3.client("ssm"), name, value)


@dataclass
class Restore:
    """A stage with tables and functions, and what its restore has said and run."""

    clients: dict[str, Any]
    lines: list[str] = field(default_factory=list)
    codes: dict[str, int] = field(default_factory=dict)
    fails_to_deploy: bool = False

    def run(self, moment: datetime | None = None) -> int:
        stage = Stage(
            name="dev",
            client=self.clients.__getitem__,
            platform=FakePlatform(Path(), "dev", self.lines.append),
            say=self.lines.append,
            deploy_audit=self._deploy_audit,
            operate=self._operate,
        )
        return stage.restore(moment or self.moment, {})

    @property
    def moment(self) -> datetime:
        return datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)

    def _deploy_audit(self) -> None:
        self.lines.append("deploy audit")
        if self.fails_to_deploy:
            raise RestoreError("The audit service was not deployed; run the same command again.")

    def _operate(self, operation: str) -> int:
        self.lines.append(operation)
        if operation == "write-digest":
            self.clients["s3"].put_object(Bucket=BUCKET, Key=epoch_digest_key(2), Body=b"{}")
        return self.codes.get(operation, 0)

    def concurrency(self) -> dict[str, Any]:
        functions = self.clients["lambda"].list_functions()["Functions"]
        names = sorted(each["FunctionName"] for each in functions)
        return {
            name: self.clients["lambda"]
            .get_function_concurrency(FunctionName=name)
            .get("ReservedConcurrentExecutions")
            for name in names
        }


def give_a_month(parsed: dict[str, Any], **_: Any) -> None:
    """Let a table be restored to any second of the last month; moto's can be to one alone."""
    recovery = parsed["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    if recovery["PointInTimeRecoveryStatus"] == "ENABLED":
        recovery["EarliestRestorableDateTime"] = datetime.now(UTC) - timedelta(days=30)
        recovery["LatestRestorableDateTime"] = datetime.now(UTC)


def put(ssm: Any, name: str, value: str) -> None:
    ssm.put_parameter(Name=f"/inventory/dev/{name}", Value=value, Type="String", Overwrite=True)


@pytest.fixture
def restore(monkeypatch: pytest.MonkeyPatch) -> Iterator[Restore]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    monkeypatch.setenv("YES", "1")
    with mock_aws():
        clients = {name: boto3.client(name) for name in ("dynamodb", "s3", "ssm", "lambda", "iam")}
        clients["dynamodb"].meta.events.register(
            "after-call.dynamodb.DescribeContinuousBackups", give_a_month
        )
        create_tables(clients["dynamodb"], "dev-")
        for name in TABLES:
            clients["dynamodb"].update_continuous_backups(
                TableName=f"dev-{name}", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
            )
        clients["s3"].create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-south-1"}
        )
        for name, value in (
            ("tables/name_prefix", "dev-"),
            ("tables/restored_to", "-"),
            ("archive/bucket", BUCKET),
        ):
            put(clients["ssm"], name, value)
        role = clients["iam"].create_role(RoleName="any", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        for name in (
            "dev-stock-api",
            "dev-stock-expire_orders",
            "dev-catalog-api",
            "dev-audit-api",
            "prod-stock-api",
        ):
            clients["lambda"].create_function(
                FunctionName=f"inventory-{name}",
                Runtime="python3.13",
                Role=role,
                Handler="app.app",
                Code={"ZipFile": b"PK\x05\x06" + bytes(18)},
            )
        yield Restore(clients)


def test_the_steps_follow_one_another_and_only_writers_are_stopped(restore: Restore) -> None:
    assert restore.run() == 0
    said = [line for line in restore.lines if "restored" not in line]
    assert said[:2] == ["state is that of the stage", "3 functions stopped"]
    assert said[-5:] == [
        "deploy audit",
        "write-digest",
        "verify-archive",
        "reconcile",
        "Deploy catalog and stock to open them. The former tables stay until you delete them.",
    ]
    assert restore.concurrency() == {
        "inventory-dev-audit-api": None,
        "inventory-dev-catalog-api": 0,
        "inventory-dev-stock-api": 0,
        "inventory-dev-stock-expire_orders": 0,
        "inventory-prod-stock-api": None,
    }
    tables = restore.clients["dynamodb"].list_tables()["TableNames"]
    assert len(tables) == 6  # the former ones stay


@pytest.mark.parametrize("operation", ["write-digest", "verify-archive", "reconcile"])
def test_what_is_left_to_be_corrected_is_its_exit_code(restore: Restore, operation: str) -> None:
    restore.codes[operation] = 1
    assert restore.run() == 1
    assert restore.lines[-4:-1] == ["write-digest", "verify-archive", "reconcile"]


def test_the_same_command_goes_on_after_a_failure(restore: Restore) -> None:
    moment = restore.moment
    restore.fails_to_deploy = True
    with pytest.raises(RestoreError, match="was not deployed; run the same command again"):
        restore.run(moment)
    restore.fails_to_deploy = False
    restore.lines.clear()
    assert restore.run(moment) == 0
    assert not [line for line in restore.lines if "has begun" in line]  # no table is restored twice
    assert len(restore.clients["dynamodb"].list_tables()["TableNames"]) == 6


def test_a_finished_restore_is_not_done_again(restore: Restore) -> None:
    """The writers are open then, and to align the logs beside them would remove what they write."""
    moment = restore.moment
    assert restore.run(moment) == 0
    restore.lines.clear()
    with pytest.raises(RestoreError, match="before, and its new epoch has begun"):
        restore.run(moment)
    assert restore.lines == []


def test_nothing_is_stopped_if_a_table_cannot_be_restored(restore: Restore) -> None:
    restore.clients["dynamodb"].update_continuous_backups(
        TableName="dev-StockTransactions",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False},
    )
    with pytest.raises(RestoreError, match="dev-StockTransactions has no point-in-time recovery"):
        restore.run()
    assert set(restore.concurrency().values()) == {None}


def test_nothing_is_stopped_if_the_moment_is_too_early(restore: Restore) -> None:
    with pytest.raises(RestoreError, match=r"can be restored from .* to .*, not to 2020-01-01T00:00:00Z"):
        restore.run(datetime(2020, 1, 1, tzinfo=UTC))
    assert set(restore.concurrency().values()) == {None}


def test_nothing_is_stopped_without_a_yes(restore: Restore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YES")
    monkeypatch.setattr("builtins.input", lambda question: "y")
    with pytest.raises(Exception, match="Nothing was changed"):
        restore.run()
    assert set(restore.concurrency().values()) == {None}


def test_each_table_needs_a_backup_if_one_has(restore: Restore) -> None:
    tables = RestoredTables(restore.clients["dynamodb"], "dev-", MOMENT, {"VendorInventory": "arn"}, print)
    with pytest.raises(RestoreError, match="No backup is given of Products-table, StockTransactions"):
        tables.require_recoverable()


def test_a_table_of_another_restore_is_not_taken(restore: Restore, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = RestoredTables(restore.clients["dynamodb"], "dev-", MOMENT, {}, print)
    described = {"TableStatus": "ACTIVE", "RestoreSummary": {"RestoreDateTime": NOW}}
    monkeypatch.setattr(RestoredTables, "_described", lambda self, table: described)
    with pytest.raises(
        RestoreError, match="exists, and was restored to 2026-11-30T12:00:00Z: delete it first"
    ):
        tables.restore()


@pytest.mark.parametrize(
    ("stage", "moment", "message"),
    [
        ("dev", "soon", "TIME is a second in UTC"),
        ("DEV!", TEXT, "DEV!"),
        ("dev", "2999-01-01T00:00:00Z", "is not in the past"),
    ],
)
def test_the_command_refuses_what_it_cannot_do(
    stage: str, moment: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["stage", "--stage", stage, "--time", moment]) == 2
    assert message in capsys.readouterr().err


def terraform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: dict[str, str]) -> Path:
    """Put a program named terraform first, which answers by its first argument, and logs all of them."""
    log = tmp_path / "calls"
    program = tmp_path / "bin" / "terraform"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable}\nimport sys\nopen({str(log)!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')\n"
        f"print({answers!r}.get(' '.join(sys.argv[1:3]), ''))\n"
        f"sys.exit(2 if sys.argv[1] == 'plan' else 0)\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    root = tmp_path / "platform"
    (root / "stages").mkdir(parents=True)
    (root / "stages" / "dev.tfvars").write_text('stage = "dev"\n')
    return root


STATE = (
    '{"values": {"root_module": {"resources": [{"address": "aws_ssm_parameter.this[\\"archive/bucket\\"]",'
    ' "values": {"name": "/inventory/%s/archive/bucket"}}]}}}'
)


def test_the_state_has_to_be_that_of_the_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = terraform(tmp_path, monkeypatch, {"show -json": STATE % "prod"})
    with pytest.raises(RestoreError, match="has not the state of dev: run terraform init with its key there"):
        Platform(root, "dev", print).require_initialised()
    right = tmp_path / "right"
    right.mkdir()
    root = terraform(right, monkeypatch, {"show -json": STATE % "dev"})
    Platform(root, "dev", print).require_initialised()


def test_a_plan_that_destroys_a_table_is_not_applied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YES", "1")
    change = (
        '{"resource_changes": [{"type": "aws_dynamodb_table", "address": "a.b", "change": {"actions": '
        '["delete", "create"]}}], "values": {}}'
    )
    root = terraform(tmp_path, monkeypatch, {"show -json": change})
    with pytest.raises(RestoreError, match=r"The plan would destroy a\.b; nothing was applied"):
        Platform(root, "dev", print).adopt(RESTORED, TEXT)
    assert not [line for line in (tmp_path / "calls").read_text().splitlines() if line.startswith("apply")]
