import base64
import json
from collections.abc import Callable
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.parsers import JSONParser
from hypothesis import given
from hypothesis import strategies as st

from inventory_common.dynamodb import connect
from inventory_common.item_parser import ItemParser, ItemParserFactory

MODEL = botocore.session.get_session().get_service_model("dynamodb")

blobs = st.binary(max_size=9).map(lambda data: base64.b64encode(data).decode())
numbers = st.integers().map(str) | st.decimals(allow_nan=False, allow_infinity=False).map(str)
scalars = st.one_of(
    st.builds(lambda text: {"S": text}, st.text(max_size=9)),
    st.builds(lambda text: {"N": text}, numbers),
    st.builds(lambda flag: {"BOOL": flag}, st.booleans()),
    st.just({"NULL": True}),
    st.builds(lambda data: {"B": data}, blobs),
    st.builds(lambda texts: {"SS": texts}, st.lists(st.text(max_size=9), min_size=1, max_size=3)),
    st.builds(lambda texts: {"NS": texts}, st.lists(numbers, min_size=1, max_size=3)),
    st.builds(lambda data: {"BS": data}, st.lists(blobs, min_size=1, max_size=3)),
)
names = st.text(min_size=1, max_size=9) | st.sampled_from(["S", "N", "B", "L", "M", "BOOL", "__type"])
values = st.recursive(
    scalars,
    lambda inner: (
        st.builds(lambda members: {"L": members}, st.lists(inner, max_size=3))
        | st.builds(lambda members: {"M": members}, st.dictionaries(names, inner, max_size=3))
    ),
    max_leaves=9,
)
items = st.dictionaries(names, values, max_size=9)

CAPACITY = {"TableName": "VendorInventory", "CapacityUnits": 0.5, "Table": {"CapacityUnits": 0.5}}
RESPONSES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "GetItem": lambda item: {"Item": item, "ConsumedCapacity": CAPACITY},
    "Query": lambda item: {"Items": [item, {}, item], "Count": 3, "LastEvaluatedKey": item},
    "Scan": lambda item: {"Items": [item], "LastEvaluatedKey": item},
    "UpdateItem": lambda item: {"Attributes": item, "ItemCollectionMetrics": {"ItemCollectionKey": item}},
    "BatchGetItem": lambda item: {
        "Responses": {"A": [item, item], "B": []},
        "UnprocessedKeys": {"A": {"Keys": [item], "ConsistentRead": True}},
        "ConsumedCapacity": [CAPACITY],
    },
    "TransactGetItems": lambda item: {"Responses": [{"Item": item}, {}]},
}


def parsed(parser: JSONParser, shape: Any, document: Any, status: int = 200) -> Any:
    return parser.parse({"body": json.dumps(document).encode(), "headers": {}, "status_code": status}, shape)


@pytest.mark.parametrize("operation", RESPONSES)
@given(item=items)
def test_a_response_is_parsed_as_botocore_itself_does(operation: str, item: Any) -> None:
    shape, document = MODEL.operation_model(operation).output_shape, RESPONSES[operation](item)
    assert parsed(ItemParser(), shape, document) == parsed(JSONParser(), shape, document)


@given(item=items)
def test_so_are_the_items_that_cancelled_a_transaction(item: Any) -> None:
    shape = MODEL.shape_for("TransactionCanceledException")
    document = {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "CancellationReasons": [{"Code": "ConditionalCheckFailed", "Item": item}, {"Code": "None"}],
    }
    ours, theirs = (parsed(parser, shape, document, 400) for parser in (ItemParser(), JSONParser()))
    assert ours == theirs
    assert ours["CancellationReasons"][0]["Item"] == theirs["CancellationReasons"][0]["Item"]


def test_another_protocol_is_parsed_by_botocore() -> None:
    assert type(ItemParserFactory().create_parser("rest-xml")).__name__ == "RestXMLParser"
    assert type(ItemParserFactory().create_parser("json")) is ItemParser


def test_the_client_uses_it_and_leaves_what_it_loaded_to_other_clients(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    used: list[str] = []

    def note(_: ItemParser, shape: Any, value: Any) -> Any:
        used.append(shape.name)
        return value

    monkeypatch.setattr(ItemParser, "_handle_map", note)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    client = connect()
    session = boto3.DEFAULT_SESSION
    client.meta.events.register("before-send.dynamodb", _answer)
    assert client.get_item(TableName="A", Key={"id": {"S": "1"}})["Item"] == {"id": {"S": "1"}}
    assert used
    connect()
    assert boto3.DEFAULT_SESSION is session


def _answer(request: Any, **_: Any) -> Any:
    response = AWSResponse(request.url, 200, {}, None)
    response._content = json.dumps({"Item": {"id": {"S": "1"}}}).encode()
    return response
