"""Events with every field that AWS documents, as API Gateway, DynamoDB Streams and EventBridge send them."""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from local.routes import RouteTable

ACCOUNT: Final = "123456789012"
REGION: Final = "ap-south-1"


def api_event(
    method: str,
    target: str,
    resource: str,
    *,
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    body: Any = None,
    is_base64: bool = False,
) -> dict[str, Any]:
    """Return a request as a REST API hands it to a function, by its proxy integration.

    Parameters
    ----------
    target
        The path, decoded as API Gateway decodes parameters, and the query string.
    resource
        The route that it matches.
    headers
        The client's; API Gateway adds its own.
    body
        Text as it is, anything else as JSON.
    """
    parts = urlsplit(target)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query: dict[str, list[str]] = {}
    for name, value in pairs:
        query.setdefault(name, []).append(value)
    given = [*headers.items()] if isinstance(headers, Mapping) else [*headers]
    every: dict[str, list[str]] = {}
    for name, value in [
        ("Accept", "*/*"),
        ("Host", "a1b2c3d4e5.execute-api.ap-south-1.amazonaws.com"),
        ("User-Agent", "curl/8.5.0"),
        ("X-Amzn-Trace-Id", f"Root=1-674bc6a0-{secrets.token_hex(12)}"),
        ("X-Forwarded-For", "203.0.113.7"),
        ("X-Forwarded-Port", "443"),
        ("X-Forwarded-Proto", "https"),
        *given,
    ]:
        every.setdefault(name, []).append(value)
    text = body if body is None or isinstance(body, str) else json.dumps(body)
    if is_base64 and text is not None:
        text = b64encode(text.encode()).decode()
    now = datetime.now(UTC)
    return {
        "resource": resource,
        "path": parts.path,
        "httpMethod": method,
        # Of a header or parameter that stands several times, the last value.
        "headers": {name: values[-1] for name, values in every.items()},
        "multiValueHeaders": every,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": RouteTable([resource]).match(parts.path).parameters or None,
        "stageVariables": None,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "a1b2c3d4e5",
            "deploymentId": "d1e2f3",
            "domainName": "a1b2c3d4e5.execute-api.ap-south-1.amazonaws.com",
            "domainPrefix": "a1b2c3d4e5",
            "extendedRequestId": secrets.token_urlsafe(11),
            "httpMethod": method,
            "identity": {
                "accessKey": None,
                "accountId": None,
                "caller": None,
                "cognitoAuthenticationProvider": None,
                "cognitoAuthenticationType": None,
                "cognitoIdentityId": None,
                "cognitoIdentityPoolId": None,
                "principalOrgId": None,
                "sourceIp": "203.0.113.7",
                "user": None,
                "userAgent": "curl/8.5.0",
                "userArn": None,
            },
            "path": f"/dev{parts.path}",
            "protocol": "HTTP/1.1",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "requestTime": f"{now:%d/%b/%Y:%H:%M:%S} +0000",
            "requestTimeEpoch": int(now.timestamp() * 1000),
            "resourceId": "r1s2t3",
            "resourcePath": resource,
            "stage": "dev",
        },
        "body": text,
        "isBase64Encoded": is_base64,
    }


def stream_event(*records: Mapping[str, Any]) -> dict[str, Any]:
    """Return records of a stream as Lambda hands them to a function."""
    return {"Records": list(records)}


def stream_record(
    table: str,
    keys: Sequence[str],
    *,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    by_time_to_live: bool = False,
) -> dict[str, Any]:
    """Return a record of a stream with both images; binary attributes are base64, as in JSON."""
    images = {"OldImage": old, "NewImage": new}
    written = {
        name: json.loads(json.dumps(image, default=lambda binary: b64encode(binary).decode()))
        for name, image in images.items()
        if image is not None
    }
    image = written.get("NewImage", written.get("OldImage", {}))
    record = {
        "eventID": secrets.token_hex(16),
        "eventName": "INSERT" if old is None else "REMOVE" if new is None else "MODIFY",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "dynamodb": {
            "ApproximateCreationDateTime": datetime.now(UTC).replace(microsecond=0).timestamp(),
            "Keys": {name: image[name] for name in keys},
            **written,
            "SequenceNumber": f"{secrets.randbits(60) + 1:021}",
            "SizeBytes": len(json.dumps(written)),
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}/stream/2026-01-01T00:00:00.000",
    }
    if by_time_to_live:
        record["userIdentity"] = {"principalId": "dynamodb.amazonaws.com", "type": "Service"}
    return record


def scheduled_event(rule: str) -> dict[str, Any]:
    """Return an event of a rule with a schedule."""
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{rule}"],
        "detail": {},
    }
