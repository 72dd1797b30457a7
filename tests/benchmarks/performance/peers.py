"""The routes of one product and of a page of products, as others would write them, and what they cost.

Run by the peers' own interpreter: ``python -m tests.benchmarks.performance.peers overhead RESULT`` writes the
CPU of a whole handler call over that of the bare call that it makes, by peer and operation; ``answer PEER``
answers one request.  No peer checks a token.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import boto3

from tests.benchmarks.performance.cpu import ratio_of_cpu

PRODUCT: Final = "PROD-E4F9A"
VENDOR: Final = "VENDOR-001"
TABLE: Final = "Products-table"
INDEX: Final = "VendorProductsIndex"
PAGE: Final = 100
PATHS: Final = {
    "get_product": f"/products/{PRODUCT}",
    "list_vendor_products": f"/vendors/{VENDOR}/products",
}

Handler = Callable[[dict[str, Any], Any], Any]


def powertools(*, validates: bool = False) -> Handler:
    """Powertools' resolver over boto3's resource."""
    from aws_lambda_powertools.event_handler import APIGatewayRestResolver
    from boto3.dynamodb.conditions import Key

    table = boto3.resource("dynamodb").Table(TABLE)
    app = APIGatewayRestResolver(enable_validation=validates, serializer=plain)
    one, page = (product_model(), list[product_model()]) if validates else (dict, list)  # type: ignore[misc]

    def get(product_id: str) -> Any:
        return table.get_item(Key={"product_id": product_id}, ConsistentRead=True)["Item"]

    def of_vendor(vendor_id: str) -> Any:
        condition = Key("vendor_id").eq(vendor_id)
        return table.query(IndexName=INDEX, KeyConditionExpression=condition, Limit=PAGE)["Items"]

    get.__annotations__["return"] = one
    of_vendor.__annotations__["return"] = page
    app.get("/products/<product_id>")(get)
    app.get("/vendors/<vendor_id>/products")(of_vendor)
    handler: Handler = app.resolve
    return handler


def pynamodb() -> Handler:
    """Powertools' resolver over PynamoDB's models."""
    from aws_lambda_powertools.event_handler import APIGatewayRestResolver
    from pynamodb import attributes as of
    from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
    from pynamodb.models import Model

    address = os.environ["AWS_ENDPOINT_URL_DYNAMODB"]

    class OfVendor(GlobalSecondaryIndex[Any]):
        class Meta:
            index_name = INDEX
            projection = AllProjection()

        vendor_id = of.UnicodeAttribute(hash_key=True)
        created_at = of.UnicodeAttribute(range_key=True)

    class Product(Model):
        class Meta:
            table_name = TABLE
            region = "ap-south-1"
            host = address

        product_id = of.UnicodeAttribute(hash_key=True)
        vendor_id = of.UnicodeAttribute()
        product_name = of.UnicodeAttribute()
        description = of.UnicodeAttribute(null=True)
        category = of.UnicodeAttribute()
        subcategory = of.UnicodeAttribute(null=True)
        brand = of.UnicodeAttribute(null=True)
        base_price = of.NumberAttribute()
        images: Any = of.ListAttribute(null=True)
        tags: Any = of.ListAttribute(null=True)
        is_active = of.UnicodeAttribute()
        created_at = of.UnicodeAttribute()
        updated_at = of.UnicodeAttribute()
        version = of.NumberAttribute()
        of_vendor = OfVendor()

    app = APIGatewayRestResolver(serializer=plain)

    @app.get("/products/<product_id>")
    def get(product_id: str) -> Any:
        return Product.get(product_id, consistent_read=True).attribute_values

    @app.get("/vendors/<vendor_id>/products")
    def of_vendor(vendor_id: str) -> Any:
        found = Product.of_vendor.query(vendor_id, limit=PAGE)
        return [product.attribute_values for product in found]

    handler: Handler = app.resolve
    return handler


def fastapi() -> Handler:
    """FastAPI behind Mangum, over boto3's resource, with a model of the answer."""
    from boto3.dynamodb.conditions import Key
    from fastapi import FastAPI
    from mangum import Mangum

    table = boto3.resource("dynamodb").Table(TABLE)
    app = FastAPI()
    product = product_model()

    def get(product_id: str) -> Any:
        return table.get_item(Key={"product_id": product_id}, ConsistentRead=True)["Item"]

    def of_vendor(vendor_id: str) -> Any:
        condition = Key("vendor_id").eq(vendor_id)
        return table.query(IndexName=INDEX, KeyConditionExpression=condition, Limit=PAGE)["Items"]

    app.get("/products/{product_id}", response_model=product)(get)
    app.get("/vendors/{vendor_id}/products", response_model=list[product])(of_vendor)  # type: ignore[valid-type]
    handler: Handler = Mangum(app, lifespan="off")
    return handler


PEERS: Final[dict[str, Callable[[], Handler]]] = {
    "Powertools + boto3 resource": powertools,
    "Powertools with validation": lambda: powertools(validates=True),
    "Powertools + PynamoDB": pynamodb,
    "FastAPI + Mangum": fastapi,
}


def product_model() -> Any:
    """Return a pydantic model of a product."""
    from pydantic import BaseModel

    class Product(BaseModel):
        product_id: str
        vendor_id: str
        product_name: str
        description: str | None = None
        category: str
        subcategory: str | None = None
        brand: str | None = None
        base_price: Decimal
        images: list[str] | None = None
        tags: list[str] | None = None
        is_active: str
        created_at: str
        updated_at: str
        version: int

    return Product


def plain(document: Any) -> str:
    """Write JSON with numbers as numbers."""
    return json.dumps(document, default=float, separators=(",", ":"))


def event(operation: str) -> dict[str, Any]:
    """Return a request as API Gateway hands it over."""
    path = PATHS[operation]
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": "GET",
        "headers": {"Accept": "application/json"},
        "multiValueHeaders": {"Accept": ["application/json"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": "/{proxy+}",
            "httpMethod": "GET",
            "path": f"/prod{path}",
            "stage": "prod",
            "requestId": "r",
            "identity": {"sourceIp": "127.0.0.1"},
        },
        "body": None,
        "isBase64Encoded": False,
    }


class Context:
    """Lambda's context."""

    function_name = "catalog"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:ap-south-1:000000000000:function:catalog"
    aws_request_id = "r"


def overhead() -> dict[str, dict[str, float]]:
    """Return the ratios by peer and operation."""
    import urllib.request

    bare = boto3.client("dynamodb")
    key = {"product_id": {"S": PRODUCT}}
    condition: dict[str, Any] = {
        "KeyConditionExpression": "vendor_id = :v",
        "ExpressionAttributeValues": {":v": {"S": VENDOR}},
    }
    calls = {
        "get_product": lambda: bare.get_item(TableName=TABLE, Key=key, ConsistentRead=True),
        "list_vendor_products": lambda: bare.query(TableName=TABLE, IndexName=INDEX, Limit=PAGE, **condition),
    }
    ratios: dict[str, dict[str, float]] = {}
    for peer, make in PEERS.items():
        handler = make()
        ratios[peer] = {}
        for operation, call in calls.items():
            with urllib.request.urlopen(f"{os.environ['AWS_ENDPOINT_URL_DYNAMODB']}/play/{operation}"):
                pass
            asked = event(operation)
            answer = handler(asked, Context())
            found = json.loads(answer["body"])
            if answer["statusCode"] != 200 or len(found) != (PAGE if isinstance(found, list) else len(found)):
                raise RuntimeError(f"{peer} answers {answer}")
            handle = lambda handler=handler, asked=asked: handler(asked, Context())  # noqa: E731
            ratios[peer][operation] = ratio_of_cpu(handle, call)
    return ratios


if __name__ == "__main__":
    if sys.argv[1] == "overhead":
        Path(sys.argv[2]).write_text(json.dumps(overhead()), encoding="utf-8")
    else:
        PEERS[sys.argv[2]]()(event("get_product"), Context())
