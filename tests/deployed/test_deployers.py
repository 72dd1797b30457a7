"""The roles under which CI deploys: whom they trust, and what nobody gets by one of them.

What they need is shown by the other files, as every team works under its role here; that they are granted
nothing else, by `test_calls_of_deployers`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.deployed.cloud import STAGE, STATE_BUCKET, TEAMS, Cloud, subject_of
from tests.deployed.deployed_services import SERVICES, Deployed
from tests.deployed.roles import INVENTORY, LOG, PRODUCT, PRODUCTS, RECORD, Call

DENIED = ("AccessDenied", "AccessDeniedException", "AuthorizationError")
ROLES = "arn:aws:iam::000000000000:role"
POLICIES = "arn:aws:iam::000000000000:policy"
BOUNDARY = f"{POLICIES}/inventory-deployer-{STAGE}-boundary"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::000000000000:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
EVERYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)


def deployer_name(team: str) -> str:
    return f"inventory-deployer-{STAGE}-{team}"


def function_name(service: str) -> str:
    return f"inventory-{STAGE}-{service}-api"


def state_key(team: str) -> str:
    return f"inventory/{STAGE}/{'platform' if team == 'platform' else f'service-{team}'}.tfstate"


def tries_for_more(name: str) -> dict[str, Call]:
    """Return what would be tried for more than a role has: another role or a user, or more for itself."""
    own, policy = {"RoleName": name}, f"{POLICIES}/{name}-1"
    return {
        "make an administrator": (
            "iam",
            "create_role",
            {"RoleName": "rogue", "AssumeRolePolicyDocument": TRUST},
        ),
        "make a user": ("iam", "create_user", {"UserName": "rogue"}),
        "make a key of a user": ("iam", "create_access_key", {"UserName": "rogue"}),
        "grant itself everything": (
            "iam",
            "put_role_policy",
            {**own, "PolicyName": "rogue", "PolicyDocument": EVERYTHING},
        ),
        "become an administrator": ("iam", "attach_role_policy", {**own, "PolicyArn": ADMINISTRATOR}),
        "let others in": ("iam", "update_assume_role_policy", {**own, "PolicyDocument": TRUST}),
        "change its own policy": (
            "iam",
            "create_policy_version",
            {"PolicyArn": policy, "PolicyDocument": EVERYTHING, "SetAsDefault": True},
        ),
        "change the boundary": (
            "iam",
            "create_policy_version",
            {"PolicyArn": BOUNDARY, "PolicyDocument": EVERYTHING, "SetAsDefault": True},
        ),
        "trust another CI system": (
            "iam",
            "create_open_id_connect_provider",
            {"Url": "https://rogue.example", "ThumbprintList": ["0" * 40]},
        ),
        "be the operator": (
            "sts",
            "assume_role",
            {"RoleArn": f"{ROLES}/inventory-{STAGE}-operator", "RoleSessionName": "rogue"},
        ),
        "read the key of the log": (
            "secretsmanager",
            "get_secret_value",
            {"SecretId": f"inventory-{STAGE}-ledger-key"},
        ),
        "read an order": ("dynamodb", "get_item", {"TableName": INVENTORY, "Key": {}}),
        "read products": ("dynamodb", "batch_get_item", {"RequestItems": {PRODUCTS: {"Keys": [PRODUCT]}}}),
        "change the log": ("dynamodb", "delete_item", {"TableName": LOG, "Key": RECORD}),
        "change the bucket of the states": ("s3", "delete_bucket_policy", {"Bucket": STATE_BUCKET}),
    }


def tries_of_others(team: str) -> dict[str, Call]:
    """Return what a team would try with what belongs to the other teams."""
    tries: dict[str, Call] = {}
    for other in TEAMS:
        if other == team:
            continue
        state = {"Bucket": STATE_BUCKET, "Key": state_key(other)}
        tries |= {
            f"read the state of {other}": ("s3", "get_object", state),
            f"write the state of {other}": ("s3", "put_object", {**state, "Body": b"{}"}),
            f"delete the state of {other}": ("s3", "delete_object", state),
            f"lock the state of {other}": (
                "s3",
                "put_object",
                {"Bucket": STATE_BUCKET, "Key": f"{state_key(other)}.tflock", "Body": b"{}"},
            ),
            f"be the deployer of {other}": (
                "sts",
                "assume_role",
                {"RoleArn": f"{ROLES}/{deployer_name(other)}", "RoleSessionName": "rogue"},
            ),
        }
    for other in SERVICES:
        if other == team:
            continue
        function = {"FunctionName": function_name(other)}
        tries |= {
            f"change the code of {other}": (
                "lambda",
                "update_function_code",
                {**function, "ZipFile": b"rogue"},
            ),
            f"change the settings of {other}": (
                "lambda",
                "update_function_configuration",
                {**function, "Timeout": 3},
            ),
            f"roll {other} back": (
                "lambda",
                "update_alias",
                {**function, "Name": "live", "FunctionVersion": "1"},
            ),
            f"delete {other}": ("lambda", "delete_function", function),
            f"call {other}": ("lambda", "invoke", {**function, "Payload": b"{}"}),
            f"let the world call {other}": (
                "lambda",
                "add_permission",
                {**function, "StatementId": "x", "Action": "lambda:InvokeFunction", "Principal": "*"},
            ),
            f"delete the log of {other}": (
                "logs",
                "delete_log_group",
                {"logGroupName": f"/aws/lambda/{function_name(other)}"},
            ),
            f"move {other}": (
                "ssm",
                "put_parameter",
                {
                    "Name": f"/inventory/{STAGE}/services/{other}/api_url",
                    "Value": "https://rogue.example",
                    "Type": "String",
                    "Overwrite": True,
                },
            ),
        }
    return tries


def tries_of_a_service(service: str) -> dict[str, Call]:
    """Return what a service's team would try with its own functions to get what they must not have."""
    own = {"FunctionName": function_name(service)}
    other = next(each for each in SERVICES if each != service)
    new = {
        "FunctionName": f"inventory-{STAGE}-{service}-rogue",
        "Runtime": "python3.13",
        "Handler": "app.app",
        "Code": {"ZipFile": b"rogue"},
    }
    stream = f"arn:aws:dynamodb:ap-south-1:000000000000:table/{INVENTORY}/stream/x"
    rule = f"inventory-{STAGE}-{service}-rogue"
    elsewhere = f"arn:aws:lambda:ap-south-1:000000000000:function:{function_name(other)}:live"
    return {
        "run under another service's role": (
            "lambda",
            "update_function_configuration",
            {**own, "Role": f"{ROLES}/{function_name(other)}"},
        ),
        "run under the operator's role": (
            "lambda",
            "create_function",
            {**new, "Role": f"{ROLES}/inventory-{STAGE}-operator"},
        ),
        "run under a deployer's role": (
            "lambda",
            "create_function",
            {**new, "Role": f"{ROLES}/{deployer_name('platform')}"},
        ),
        "give its function everything": (
            "iam",
            "put_role_policy",
            {"RoleName": function_name(service), "PolicyName": "rogue", "PolicyDocument": EVERYTHING},
        ),
        "free its function of the boundary": (
            "iam",
            "delete_role_permissions_boundary",
            {"RoleName": function_name(service)},
        ),
        "feed another service's function": (
            "lambda",
            "create_event_source_mapping",
            {"FunctionName": function_name(other), "EventSourceArn": stream, "StartingPosition": "LATEST"},
        ),
        "schedule another service's function": (
            "events",
            "put_targets",
            {"Rule": rule, "Targets": [{"Id": "x", "Arn": elsewhere}]},
        ),
        "publish a role of its own": (
            "ssm",
            "put_parameter",
            {
                "Name": f"/inventory/{STAGE}/services/{service}/api/role_arn",
                "Value": "x",
                "Type": "String",
                "Overwrite": True,
            },
        ),
        "delete a table": ("dynamodb", "delete_table", {"TableName": INVENTORY}),
        "let the log be changed": (
            "dynamodb",
            "delete_resource_policy",
            {"ResourceArn": f"arn:aws:dynamodb:ap-south-1:000000000000:table/{LOG}"},
        ),
        "delete its state": ("s3", "delete_object", {"Bucket": STATE_BUCKET, "Key": state_key(service)}),
    }


NEW_ROLE = {"RoleName": f"inventory-{STAGE}-rogue", "AssumeRolePolicyDocument": TRUST}
TRIES_OF_THE_PLATFORM: dict[str, Call] = {
    "make a role without the boundary": ("iam", "create_role", NEW_ROLE),
    "make a role with another boundary": (
        "iam",
        "create_role",
        {**NEW_ROLE, "PermissionsBoundary": ADMINISTRATOR},
    ),
    "make a role among the deployers": (
        "iam",
        "create_role",
        {
            "RoleName": deployer_name("rogue"),
            "AssumeRolePolicyDocument": TRUST,
            "PermissionsBoundary": BOUNDARY,
        },
    ),
    "free a function of the boundary": (
        "iam",
        "delete_role_permissions_boundary",
        {"RoleName": function_name("stock")},
    ),
    "give a function another boundary": (
        "iam",
        "put_role_permissions_boundary",
        {"RoleName": function_name("stock"), "PermissionsBoundary": ADMINISTRATOR},
    ),
    "make a function an administrator": (
        "iam",
        "attach_role_policy",
        {"RoleName": function_name("stock"), "PolicyArn": ADMINISTRATOR},
    ),
    "grant a deployer everything": (
        "iam",
        "put_role_policy",
        {"RoleName": deployer_name("stock"), "PolicyName": "rogue", "PolicyDocument": EVERYTHING},
    ),
    "take a deployer's policy away": (
        "iam",
        "detach_role_policy",
        {"RoleName": deployer_name("stock"), "PolicyArn": f"{POLICIES}/{deployer_name('stock')}-1"},
    ),
    "run the claims function under a service's role": (
        "lambda",
        "update_function_configuration",
        {"FunctionName": f"inventory-{STAGE}-claims", "Role": f"{ROLES}/{function_name('stock')}"},
    ),
    "create a person": ("cognito-idp", "admin_create_user", {"UserPoolId": "POOL", "Username": "rogue"}),
    "delete its state": ("s3", "delete_object", {"Bucket": STATE_BUCKET, "Key": state_key("platform")}),
}


@pytest.fixture
def allowed(cloud: Cloud, outputs: dict[str, Any]) -> Callable[[str, dict[str, Call]], list[str]]:
    """Returns a function that makes calls under a team's role, and returns those that were not denied."""

    def made(team: str, tries: dict[str, Call]) -> list[str]:
        keys = cloud.deployer(team, "rogue")
        found = []
        for what, (service, operation, arguments) in tries.items():
            given = {
                name: outputs["user_pool_id"] if value == "POOL" else value
                for name, value in arguments.items()
            }
            try:
                getattr(cloud.client(service, keys), operation)(**given)
            except ClientError as error:
                if error.response["Error"]["Code"] in DENIED:
                    continue
            found.append(what)
        return found

    return made


@pytest.mark.parametrize("team", TEAMS)
def test_a_role_is_taken_by_its_own_teams_jobs_alone(cloud: Cloud, deployed: Deployed, team: str) -> None:
    assert cloud.deployer(team)["AccessKeyId"]
    other = next(each for each in TEAMS if each != team)
    for claims in (
        {"sub": subject_of(other)},
        {"sub": f"{subject_of(team)}-2"},
        {"sub": f"repo:acme/{team}:pull_request"},
        {"aud": "https://elsewhere.example"},
        {"iss": "https://rogue.example"},
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            cloud.deployer(team, **claims)


@pytest.mark.parametrize("team", TEAMS)
def test_no_role_gets_its_team_any_further(
    team: str, allowed: Callable[[str, dict[str, Call]], list[str]], deployed: Deployed
) -> None:
    assert allowed(team, tries_for_more(deployer_name(team))) == []
    assert allowed(team, tries_of_others(team)) == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_team_gets_no_further_by_its_functions(
    service: str, allowed: Callable[[str, dict[str, Call]], list[str]], deployed: Deployed
) -> None:
    assert allowed(service, tries_of_a_service(service)) == []


def test_the_platform_gets_no_further_by_roles(
    allowed: Callable[[str, dict[str, Call]], list[str]], deployed: Deployed
) -> None:
    assert allowed("platform", TRIES_OF_THE_PLATFORM) == []


@pytest.mark.parametrize("service", SERVICES)
def test_an_api_is_its_own_teams_by_its_tags(
    cloud: Cloud, deployed: Deployed, service: str, allowed: Callable[[str, dict[str, Call]], list[str]]
) -> None:
    tries: dict[str, Call] = {}
    for api in cloud.client("apigateway").get_rest_apis()["items"]:
        named, arn = {"restApiId": api["id"]}, f"arn:aws:apigateway:ap-south-1::/restapis/{api['id']}"
        own = {"resourceArn": arn, "tags": {"owner": service, "stage": STAGE}}
        tries[f"see {api['name']}"] = ("apigateway", "get_stage", {**named, "stageName": STAGE})
        tries[f"take {api['name']}"] = ("apigateway", "tag_resource", own)
        if not api["name"].endswith(service):
            tries[f"delete {api['name']}"] = ("apigateway", "delete_rest_api", named)
    name = f"inventory-{STAGE}-{service}"
    assert allowed(service, tries) == [f"see {name}", f"take {name}"]


def test_a_team_reads_no_other_state_even_if_it_was_granted_all(
    cloud: Cloud, deployed: Deployed, allowed: Callable[[str, dict[str, Call]], list[str]]
) -> None:
    iam = cloud.client("iam")
    role, by_mistake = {"RoleName": deployer_name("catalog")}, {"PolicyName": "by-mistake"}
    iam.put_role_policy(**role, **by_mistake, PolicyDocument=EVERYTHING)
    states = {what: call for what, call in tries_of_others("catalog").items() if " state " in what}
    own = {"read its own": ("s3", "get_object", {"Bucket": STATE_BUCKET, "Key": state_key("catalog")})}
    try:
        assert len(states) == 4 * (len(TEAMS) - 1)
        assert allowed("catalog", {**states, **own}) == ["read its own"]
    finally:
        iam.delete_role_policy(**role, **by_mistake)


@pytest.fixture
def greedy(cloud: Cloud, deployed: Deployed) -> Iterator[Any]:
    """A role that the platform's deployer has made, and granted everything."""
    iam = cloud.client("iam", cloud.deployer("platform", "rogue"))
    name = f"inventory-{STAGE}-greedy"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, PermissionsBoundary=BOUNDARY)
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=EVERYTHING)
    yield cloud.client("sts").assume_role(RoleArn=f"{ROLES}/{name}", RoleSessionName="rogue")["Credentials"]
    iam.delete_role_policy(RoleName=name, PolicyName="all")
    iam.delete_role(RoleName=name)


def test_a_role_that_the_platform_makes_is_no_administrator(cloud: Cloud, greedy: Any) -> None:
    code = {"FunctionName": function_name("stock"), "ZipFile": b"rogue"}
    state = {"Bucket": STATE_BUCKET, "Key": state_key("catalog")}
    tries = {
        **tries_for_more(f"inventory-{STAGE}-greedy"),
        "change a function": ("lambda", "update_function_code", code),
        "read a state": ("s3", "get_object", state),
        "be an administrator": (
            "iam",
            "create_role",
            {"RoleName": "rogue", "AssumeRolePolicyDocument": TRUST, "PermissionsBoundary": BOUNDARY},
        ),
    }
    # What the functions of a stage may do, any role of it may be given: the platform team administers it.
    for what in ("read an order", "read products", "change the log", "read the key of the log"):
        del tries[what]
    found = []
    for what, (service, operation, arguments) in tries.items():
        try:
            getattr(cloud.client(service, greedy), operation)(**arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] in DENIED:
                continue
        found.append(what)
    assert found == []
    assert cloud.client("dynamodb", greedy).batch_get_item(RequestItems={PRODUCTS: {"Keys": [PRODUCT]}})
