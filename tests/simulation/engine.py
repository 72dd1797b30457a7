"""The client through which simulations reach the embedded AWS."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config


def engine_client(endpoint_url: str, connections: int = 1) -> Any:
    """Make a client that sends each call once: the simulation decides about retries."""
    return boto3.client(
        "dynamodb",
        endpoint_url=endpoint_url,
        region_name="ap-south-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1}, max_pool_connections=connections),
    )
