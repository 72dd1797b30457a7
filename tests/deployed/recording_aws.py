"""The emulated AWS with what its permissions lack of AWS's own, and a record of every call.

It runs as a process of its own.  The emulator gives the conditions of policies less to look at than AWS does,
names some actions and resources as a neighbour of theirs or as ``*``, and asks nobody for ``iam:PassRole``.
All of it is added here, by the service authorization reference of AWS:

- ``iam:PermissionsBoundary`` and ``iam:PolicyARN`` of changes of roles;
- ``iam:PassRole`` with ``iam:PassedToService`` for a call that gives a role to a service;
- ``lambda:FunctionArn`` of event source mappings, ``events:TargetArn`` of rules;
- ``aws:ResourceTag`` of what is below a REST API, which inherits the API's tags;
- the actions of Lambda, by the routes that boto3 knows, and those on parts of buckets;
- the resources of calls that have them in their body.

Each call is a line of JSON in the file that `RECORD` names: who, the action, the resource, the conditions'
values, and whether it was allowed.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs, unquote

from ministack.core import iam_actions, iam_evaluator  # type: ignore[import-untyped]

from tests.deployed.recorded import RECORD

ACCOUNT: Final = "000000000000"

_enforce: Final = iam_evaluator.enforce
_extract_iam_action: Final = iam_actions.extract_iam_action
_extract_resource_arn: Final = iam_actions.extract_resource_arn
_LAMBDA_ROUTES: Final = iam_actions._load_botocore_routes("lambda")
_request: dict[str, Any] = {}
"""The request that is being authorised: the server handles it without a pause until then."""

_BOUND: Final = (
    "AttachRolePolicy",
    "CreateRole",
    "DeleteRolePermissionsBoundary",
    "DeleteRolePolicy",
    "DetachRolePolicy",
    "PutRolePermissionsBoundary",
    "PutRolePolicy",
)
"""Actions with a value of ``iam:PermissionsBoundary``."""
_GIVES_A_ROLE: Final = {
    "lambda:CreateFunction": ("Role", "lambda.amazonaws.com"),
    "lambda:UpdateFunctionConfiguration": ("Role", "lambda.amazonaws.com"),
}
_OF_THE_BODY: Final = {
    "dynamodb:DeleteResourcePolicy": "ResourceArn",
    "dynamodb:GetResourcePolicy": "ResourceArn",
    "dynamodb:ListTagsOfResource": "ResourceArn",
    "dynamodb:PutResourcePolicy": "ResourceArn",
    "events:ListTagsForResource": "ResourceARN",
}
"""Actions whose resource is an attribute of the body."""
_PARTS_OF_BUCKETS: Final = {
    "encryption": "s3:PutEncryptionConfiguration",
    "lifecycle": "s3:PutLifecycleConfiguration",
    "ownershipControls": "s3:PutBucketOwnershipControls",
    "publicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "tagging": "s3:PutBucketTagging",
}
"""What changes them, deletes included, by the parameter of the query."""


def _named(service: str, method: str, path: str, headers: Any, body: bytes, params: Any) -> Any:
    if service == "lambda":
        plain = path.rstrip("/")
        name = next((each[2] for each in _LAMBDA_ROUTES if each[0] == method and each[1].match(plain)), None)
        if name is not None and not name.startswith("Invoke"):
            return f"lambda:{name}"
    if service == "s3" and method in ("DELETE", "PUT") and path.strip("/").count("/") == 0:
        changed = [action for part, action in _PARTS_OF_BUCKETS.items() if part in (params or {})]
        if changed:
            return changed[0]
    return _extract_iam_action(service, method, path, headers, body, params)


def _seen(service: str, method: str, path: str, headers: Any, body: bytes, params: Any, *rest: Any) -> Any:
    form = parse_qs((body or b"").decode("utf-8", "replace")) if service in ("iam", "sns") else {}
    given = {**dict(params or {}), **form}
    _request.update(service=service, method=method, path=path, body=body, form=given)
    return _extract_resource_arn(service, method, path, headers, body, params, *rest)


def _parameter(name: str) -> str:
    value = _request["form"].get(name) or [""]
    return str(value[0] if isinstance(value, list) else value)


def _json() -> Mapping[str, Any]:
    try:
        found = json.loads(_request.get("body") or b"{}")
    except (UnicodeDecodeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _resource_of_aws(action: str, resource: str, region: str) -> str:
    """Return what AWS authorises an action on; the emulator's own answer if that is the same."""
    service, _, name = action.partition(":")
    start = f"arn:aws:{service}:{region}:{ACCOUNT}"
    if action in _OF_THE_BODY:
        return str(_json().get(_OF_THE_BODY[action], "*"))
    if action == "lambda:CreateFunction":
        return f"{start}:function:{_json().get('FunctionName')}"
    if action == "ssm:GetParametersByPath":
        return f"{start}:parameter{_json().get('Path')}"
    if action == "sns:ListTagsForResource":
        return _parameter("ResourceArn")
    if service == "events" and name.endswith(("Rule", "Targets")):
        return f"{start}:rule/{_json().get('Rule') or _json().get('Name')}"
    if service == "events" and name.endswith("EventBus"):
        return f"{start}:event-bus/{_json().get('Name')}"
    if service == "events" and name.endswith("Archive"):
        return f"{start}:archive/{_json().get('ArchiveName')}"
    if action == "kms:DescribeKey" and ":alias/" in resource:
        return resource.replace(":alias/", ":key/of-alias-")
    if action in ("kms:CreateAlias", "kms:DeleteAlias"):
        return f"{start}:{_json().get('AliasName')}"
    if service == "cloudfront":
        return _of_cloudfront(name, resource)
    if service == "cloudwatch" and "Dashboard" in name:
        return f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/{_dashboard()}"
    return resource


def _of_cloudfront(name: str, resource: str) -> str:
    if name == "ListTagsForResource":
        return _parameter("Resource")
    parts = _request["path"].strip("/").split("/")
    kind = parts[1] if len(parts) > 1 else ""
    named = re.search(rb"<Name>([^<]+)</Name>", _request["body"] or b"")
    if kind == "function":
        part = parts[2] if len(parts) > 2 else named[1].decode() if named else "*"
    elif kind in ("distribution", "origin-access-control", "response-headers-policy"):
        part = parts[2] if len(parts) > 2 else "*"
    else:
        return resource
    return f"arn:aws:cloudfront::{ACCOUNT}:{kind}/{part}"


def _dashboard() -> str:
    named = _json().get("DashboardName") or _json().get("DashboardNames") or _parameter("DashboardName")
    return str((named[0] if isinstance(named, list) else named) or _parameter("DashboardNames.member.1"))


def _more_context(action: str, resource: str) -> dict[str, Any]:
    """Return the values of conditions that AWS has for a call, and the emulator has not."""
    service, _, name = action.partition(":")
    if service == "iam" and name in _BOUND:
        return _of_a_role(name)
    if service == "lambda" and name.endswith("EventSourceMapping"):
        return _of_a_mapping()
    if action == "events:PutTargets":
        return {"events:TargetArn": [each.get("Arn", "") for each in _json().get("Targets", ())]}
    if service == "apigateway":
        requested = _json().get("tags", {})
        requested = {f"aws:RequestTag/{tag}": value for tag, value in requested.items()}
        return requested | _inherited_tags(resource)
    if action == "cognito-idp:CreateUserPool":
        tags = _json().get("UserPoolTags", {})
        return {f"aws:RequestTag/{tag}": value for tag, value in tags.items()}
    if service == "kms":
        from ministack.services.tagging import resource_tags  # type: ignore[import-untyped]

        return _resource_tags(resource_tags(resource))
    if ":userpool/" in resource:
        from ministack.services import cognito  # type: ignore[import-untyped]

        return _resource_tags(cognito._user_pools.get(resource.rsplit("/", 1)[-1], {}).get("UserPoolTags"))
    return {}


def _of_a_role(name: str) -> dict[str, Any]:
    from ministack.services import iam

    boundary = _parameter("PermissionsBoundary")
    if name not in ("CreateRole", "PutRolePermissionsBoundary"):
        boundary = (iam._roles.get(_parameter("RoleName")) or {}).get("PermissionsBoundary") or ""
    context = {"iam:PermissionsBoundary": boundary} if boundary else {}
    policy = _parameter("PolicyArn")
    return context | ({"iam:PolicyARN": policy} if policy else {})


def _of_a_mapping() -> dict[str, Any]:
    from ministack.services import lambda_svc

    arn = str(_json().get("FunctionName", ""))
    if not arn:
        uuid = _request["path"].rstrip("/").rsplit("/", 1)[-1]
        arn = str((lambda_svc._esms.get(uuid) or {}).get("FunctionArn", ""))
    # The function's, without its alias.
    return {"lambda:FunctionArn": ":".join(arn.split(":")[:7])} if arn else {}


def _inherited_tags(resource: str) -> dict[str, Any]:
    """Return the tags of a REST API, for it and for what is below it."""
    from ministack.services import apigateway_v1

    start, _, path = resource.partition("::")
    if path.startswith("/tags/"):
        path = "/" + unquote(path[len("/tags/") :]).split("::/", 1)[-1]
    top = "/".join(path.split("/")[:3])
    return _resource_tags(apigateway_v1._v1_tags.get(f"{start}::{top}"))


def _resource_tags(tags: Mapping[str, str] | None) -> dict[str, Any]:
    return {f"aws:ResourceTag/{name}": value for name, value in (tags or {}).items()}


def _checked(
    access_key: str,
    action: str,
    service: str,
    region: str,
    resource_arn: str = "*",
    service_context: dict[str, Any] | None = None,
) -> Any:
    context = {**(service_context or {}), **_more_context(action, resource_arn)}
    resource_arn = _resource_of_aws(action, resource_arn, region)
    denied = _authorised(access_key, action, service, region, resource_arn, context)
    attribute, to = _GIVES_A_ROLE.get(action, ("", ""))
    role = _json().get(attribute) if attribute else None
    if denied is None and isinstance(role, str):
        passing = {"iam:PassedToService": to}
        denied = _authorised(access_key, "iam:PassRole", service, region, role, passing)
    return denied


def _authorised(
    access_key: str, action: str, service: str, region: str, resource: str, context: dict[str, Any]
) -> Any:
    denied = _enforce(access_key, action, service, region, resource_arn=resource, service_context=context)
    who = iam_evaluator.resolve_principal(access_key or "", ACCOUNT)
    line = {
        "who": getattr(who, "arn", ""),
        "action": action,
        "resource": resource,
        "context": context,
        "allowed": denied is None,
    }
    with open(os.environ[RECORD], "a", encoding="utf-8") as file:
        file.write(json.dumps(line, default=str) + "\n")
    return denied


iam_evaluator.enforce = _checked
iam_actions.extract_iam_action = _named
iam_actions.extract_resource_arn = _seen

if __name__ == "__main__":
    from ministack.app import main  # type: ignore[import-untyped]

    main()
