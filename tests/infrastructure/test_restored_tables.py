"""``make restore`` gives the platform's root the restored tables, and neither destroys nor forgets any."""

import json
from typing import Any

import pytest

from tests.infrastructure.terraform import STAGE, Cloud
from tests.support.provider_mirror import TERRAFORM_SETTINGS
from tools.restore.errors import RestoreError
from tools.restore.platform import Platform
from tools.restore.tables import TABLES

MOMENT = "2026-11-22T10:00:00Z"
FORMER, RESTORED = "test-", "restored-20261122T100000Z-test-"


@pytest.fixture
def cloud(cloud_to_restore: Cloud, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """The platform with its stage's own file of variables, its tables, and restored ones beside them."""
    cloud = cloud_to_restore
    folder = cloud.platform.folder
    given = json.loads((folder / "given.auto.tfvars.json").read_text())
    prefix = given.pop("table_name_prefix")
    (folder / "given.auto.tfvars.json").write_text(json.dumps(given))
    (folder / "stages" / f"{STAGE}.tfvars").write_text(f'table_name_prefix = "{prefix}"\n')
    for name, value in (TERRAFORM_SETTINGS | cloud.platform.environment).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("YES", "1")
    dynamodb = cloud.client("dynamodb")
    for name in TABLES:
        made = dynamodb.create_backup(TableName=FORMER + name, BackupName="restored")["BackupDetails"]
        dynamodb.restore_table_from_backup(TargetTableName=RESTORED + name, BackupArn=made["BackupArn"])
    return cloud


def test_restored_tables_take_the_place_of_the_former_ones(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    platform = Platform(cloud.platform.folder, STAGE, lines.append)
    platform.require_initialised()
    with monkeypatch.context() as patch:
        run = Platform._run

        def loses_its_connection(self: Platform, *arguments: str, **named: Any) -> Any:
            if arguments[0] == "import" and arguments[-1].endswith(TABLES[1]):
                raise RestoreError("terraform import failed:\nno connection")
            return run(self, *arguments, **named)

        patch.setattr(Platform, "_run", loses_its_connection)
        with pytest.raises(RestoreError, match="no connection"):
            platform.adopt(RESTORED, MOMENT)
    platform.adopt(RESTORED, MOMENT)

    assert lines == [
        f"{STAGE}.tfvars: names the restored tables; commit it",
        *(f"{RESTORED}{name}: in Terraform's state" for name in TABLES),
    ]
    assert cloud.platform.plan(f"-var-file=stages/{STAGE}.tfvars").returncode == 0
    ssm = cloud.client("ssm")

    def parameter(name: str) -> Any:
        return ssm.get_parameter(Name=f"/inventory/{STAGE}/{name}")["Parameter"]["Value"]

    assert (parameter("tables/name_prefix"), parameter("tables/restored_to")) == (RESTORED, MOMENT)
    dynamodb = cloud.client("dynamodb")
    for name in TABLES:
        former, restored = (
            dynamodb.describe_table(TableName=prefix + name)["Table"] for prefix in (FORMER, RESTORED)
        )
        assert restored["StreamSpecification"] == former["StreamSpecification"]
        assert parameter(f"tables/{name}/stream_arn") == restored["LatestStreamArn"]
