"""The zips under Lambda's own runtime client, with events as AWS documents them, and with malformed ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from front_door import Tokens

from deploy.package import Package
from inventory_common.schema import PRODUCTS
from tests.aws_shapes.lambda_events import api_event, scheduled_event, stream_event, stream_record
from tests.deploying.lambda_runtime import InvocationError
from tests.deploying.zips_on_lambda import Invoke

SERVICES = ["catalog", "stock", "audit"]
PRODUCT: dict[str, Any] = {"product_name": "Röhrenverstärker", "category": "Audio", "base_price": 89.99}
NO_EVENTS: dict[str, Any] = {"null": None, "a list": [], "a text": "x", "a number": 1}
"""What no service of AWS sends, but anybody who may invoke the function can."""


@pytest.fixture(scope="module")
def api(invoke: Invoke, tokens: Tokens) -> dict[str, Any]:
    """What the catalog's API answers to events, by a name of each; one copy of the function got all."""
    token = {"Authorization": f"Bearer {tokens.vendor()}"}
    as_json = token | {"Content-Type": "application/json; charset=utf-8"}
    create = api_event(
        "POST", "/products", "/products", headers=as_json | {"Idempotency-Key": "one"}, body=PRODUCT
    )
    of_vendor = "/vendors/{vendor_id}/products"
    events: dict[str, Any] = {
        "created": create,
        "repeated": create,
        "created from base64": api_event(
            "POST",
            "/products",
            "/products",
            headers=as_json | {"Idempotency-Key": "two"},
            body=PRODUCT,
            is_base64=True,
        ),
        "a page": api_event("GET", "/vendors/VENDOR-001/products?limit=1", of_vendor, headers=token),
        "an unknown value": api_event(
            "GET", "/vendors/VENDOR-001/products?limit=x", of_vendor, headers=token
        ),
        "health": api_event("GET", "/health", "/health"),
        "without headers": api_event("GET", "/health", "/health")
        | {"headers": None, "multiValueHeaders": None},
        "another method": api_event("DELETE", "/products", "/products", headers=token),
        "no JSON": api_event("POST", "/products", "/products", headers=as_json, body="{"),
        "no base64": create | {"isBase64Encoded": True, "body": "%%%"},
        "no body": create | {"body": None},
        "another type": api_event(
            "POST", "/products", "/products", headers=token | {"Content-Type": "text/plain"}, body="x"
        ),
        "no token": api_event("POST", "/products", "/products", body=PRODUCT),
        "an unknown path": api_event("GET", "/nothing", "/nothing"),
        "nothing at all": {},
        "a batch of a stream": stream_event(),
        "no context": {name: value for name, value in create.items() if name != "requestContext"},
        "a context without a method": create | {"requestContext": {"resourcePath": "/products"}},
        "no list of parameters": {
            name: value for name, value in create.items() if name != "multiValueQueryStringParameters"
        },
        **NO_EVENTS,
    }
    answers, output = invoke("catalog", "app", *events.values(), may_fail=True)
    assert len(answers) == len(events), output
    return dict(zip(events, answers, strict=True))


@pytest.mark.parametrize(
    ("name", "status", "headers"),
    [
        ("created", 201, {"Content-Type": "application/json", "ETag": '"1"'}),
        ("repeated", 200, {"Idempotent-Replayed": "true"}),
        ("created from base64", 201, {"Content-Type": "application/json"}),
        ("a page", 200, {"Content-Type": "application/json"}),
        ("health", 200, {"X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}),
        ("without headers", 200, {}),
        ("no list of parameters", 200, {"Idempotent-Replayed": "true"}),
    ],
)
def test_a_request_has_a_response_in_the_form_that_api_gateway_demands(
    api: Mapping[str, Any], name: str, status: int, headers: Mapping[str, str]
) -> None:
    answer = api[name]
    assert answer["statusCode"] == status, answer
    assert answer["headers"].items() >= headers.items()
    assert answer.keys() <= {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
    assert all(isinstance(value, str) for value in answer["headers"].values())
    assert all(isinstance(value, list) for value in answer.get("multiValueHeaders", {}).values())
    assert isinstance(answer["body"], str)
    assert isinstance(answer.get("isBase64Encoded", False), bool)
    assert isinstance(json.loads(answer["body"]), dict)


def test_a_body_means_the_same_as_text_and_as_base64(api: Mapping[str, Any]) -> None:
    bodies = [json.loads(api[name]["body"]) for name in ("created", "created from base64")]
    assert [body["product_name"] for body in bodies] == [PRODUCT["product_name"]] * 2
    assert bodies[0]["product_id"] != bodies[1]["product_id"]


def test_a_location_has_the_stage_in_its_path(api: Mapping[str, Any]) -> None:
    product_id = json.loads(api["created"]["body"])["product_id"]
    assert api["created"]["headers"]["Location"] == f"/dev/products/{product_id}"


def test_a_page_has_as_many_items_as_its_parameter_says(api: Mapping[str, Any]) -> None:
    page = json.loads(api["a page"]["body"])
    assert len(page["items"]) == 1
    assert page["next_cursor"]


@pytest.mark.parametrize(
    ("name", "status", "code", "headers"),
    [
        ("another method", 405, "method_not_allowed", {"Allow": "GET, POST"}),
        ("no JSON", 400, "invalid_json", {}),
        ("no base64", 400, "invalid_json", {}),
        ("no body", 400, "invalid_json", {}),
        ("another type", 415, "unsupported_media_type", {}),
        ("an unknown value", 422, "invalid_input", {}),
        ("no token", 401, "unauthenticated", {"WWW-Authenticate": "Bearer"}),
        ("an unknown path", 404, "route_not_found", {}),
        ("nothing at all", 500, "internal_error", {}),
        ("a batch of a stream", 500, "internal_error", {}),
        ("no context", 500, "internal_error", {}),
        ("a context without a method", 500, "internal_error", {}),
    ],
)
def test_a_refusal_is_a_problem_document_also_for_an_event_that_is_no_request(
    api: Mapping[str, Any], name: str, status: int, code: str, headers: Mapping[str, str]
) -> None:
    answer = api[name]
    problem = json.loads(answer["body"])
    assert (answer["statusCode"], problem["status"], problem["code"]) == (status, status, code)
    assert answer["headers"].items() >= {"Content-Type": "application/problem+json", **headers}.items()
    assert answer["headers"]["X-Request-Id"] == problem["request_id"]


@pytest.mark.parametrize("name", NO_EVENTS)
def test_what_is_no_event_is_an_error_of_the_invocation_without_its_content(
    api: Mapping[str, Any], name: str
) -> None:
    """API Gateway would answer 502; nobody but it may invoke the function."""
    assert api[name].kind == "AttributeError"


def declared(package: Package) -> dict[str, Any]:
    variables: dict[str, Any] = json.loads(package.variables_path.read_text(encoding="utf-8"))
    return variables


@pytest.mark.parametrize("service", SERVICES)
def test_every_function_of_a_stream_names_the_first_record_that_it_could_not_handle(
    invoke: Invoke, packages: Mapping[str, Package], service: str
) -> None:
    feeds = declared(packages[service])["feeds"]
    assert feeds
    for function, feed in feeds.items():
        keys = ("product_id", "sku") if feed["table"] == "VendorInventory" else ("product_id",)
        keys = ("transaction_id", "timestamp") if feed["table"] == "StockTransactions" else keys
        # An item of another kind, which the function skips or ignores, and one whose image is no item.
        ignored = {name: {"S": "#OTHER"} for name in keys}
        first, unreadable, last = (stream_record(feed["table"], keys, new=ignored) for _ in range(3))
        unreadable["dynamodb"]["NewImage"] = {"data": {"B": "not base64"}}
        without_keys = stream_record(feed["table"], keys, new=ignored)
        del without_keys["dynamodb"]["Keys"]
        expired = stream_record(feed["table"], keys, old=ignored, by_time_to_live=True)
        if service == "audit":  # to which every item that no service writes is a finding
            first, last, expired = ([] for _ in range(3))  # type: ignore[assignment]
        answers, output = invoke(
            service,
            function,
            stream_event(),
            stream_event(*[each for each in (first, unreadable, last) if each]),
            stream_event(*[each for each in (first, without_keys) if each]),
            stream_event(*[each for each in (expired,) if each]),
            {},
            {"Records": [{}]},
            scheduled_event("rule"),
            *NO_EVENTS.values(),
            may_fail=True,
        )
        failures = [
            [failure["itemIdentifier"] for failure in answer["batchItemFailures"]] for answer in answers[:4]
        ]
        assert failures == [
            [],
            [unreadable["dynamodb"]["SequenceNumber"]],
            [without_keys["dynamodb"]["SequenceNumber"]],
            [],
        ], (function, output)
        # Lambda repeats the whole batch, in halves, and sends it to the failure queue in the end.
        assert all(isinstance(answer, InvocationError) for answer in answers[4:]), (function, answers)


@pytest.mark.parametrize("service", SERVICES)
def test_every_scheduled_function_runs_and_an_event_that_is_no_schedules_is_an_error(
    invoke: Invoke, packages: Mapping[str, Package], service: str
) -> None:
    schedules = declared(packages[service])["schedules"]
    assert schedules
    for function in schedules:
        answers, output = invoke(
            service,
            function,
            scheduled_event(f"inventory-dev-{service}-{function}"),
            {},
            stream_event(),
            *NO_EVENTS.values(),
            may_fail=True,
        )
        assert not isinstance(answers[0], InvocationError), output
        lines = [json.loads(line) for line in output.splitlines()]
        # The error of a run is an ERROR line with its type, and the alarm of the failure queue.
        assert all(isinstance(answer, InvocationError) for answer in answers[1:]), (function, answers)
        assert [line for line in lines if line["level"] == "ERROR"]


def test_a_stream_of_products_is_counted(
    api: Mapping[str, Any], invoke: Invoke, client: Callable[[str], Any]
) -> None:
    """Records with real images, between which one is unreadable: what is before it is handled."""
    database = client("dynamodb")
    items = database.scan(TableName=PRODUCTS.name, ConsistentRead=True)["Items"]
    products = [item for item in items if item["product_id"]["S"].startswith("PROD-")]
    assert len(products) == 2
    first, second = (stream_record(PRODUCTS.name, ("product_id",), new=item) for item in products)
    unreadable = json.loads(json.dumps(second))
    unreadable["dynamodb"]["NewImage"] = {"data": {"B": "not base64"}}
    answers, output = invoke("catalog", "product_changed", stream_event(first, unreadable, second))
    number = unreadable["dynamodb"]["SequenceNumber"]
    assert answers == [{"batchItemFailures": [{"itemIdentifier": number}]}], output
    (line,) = [each for each in map(json.loads, output.splitlines()) if each.get("message") == "changes"]
    assert (line["records"], line["handled"]) == (3, 1)
    counted = database.get_item(
        TableName=PRODUCTS.name, Key={"product_id": {"S": f"#COUNTED#{products[0]['product_id']['S']}"}}
    )
    assert "Item" in counted
