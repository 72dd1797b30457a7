"""What the audit service's tests share: tables, tokens, the service."""

from __future__ import annotations

from typing import Any

import pytest
from documented import pytest_sessionfinish as pytest_sessionfinish
from front_door import Client
from service_fixtures import *  # noqa: F403  (its fixtures, by name in its __all__)


@pytest.fixture
def audit(service_module: Any, dynamodb: Any) -> Client:
    """The service from outside."""
    return Client(service_module.app)
