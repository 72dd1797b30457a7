"""Functions that run on a schedule: registered with Chalice, and called the way Lambda does."""

import json
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pytest

from inventory_common.identity import TokenVerifier
from inventory_common.rest import RestService

EVENT = {
    "version": "0",
    "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "000000000000",
    "time": "2026-02-23T10:30:00Z",
    "region": "ap-south-1",
    "resources": [],
    "detail": {},
}


class Context:
    aws_request_id = "invocation-1"


class Shop:
    """A service with two such functions."""

    def __init__(self) -> None:
        self.app = app = RestService("shop", verifier=TokenVerifier("", "", (), ()))
        self.swept: list[str] = []
        self.counted: list[str] = []

        @app.on_schedule("rate(1 minute)")
        def sweep(request_id: str) -> Mapping[str, Any]:
            """Sweep the floor."""
            self.swept.append(request_id)
            if len(self.swept) > 1:
                raise ValueError("the broom broke")
            return {"crumbs": 3}

        @app.on_schedule("rate(1 day)")
        def count(request_id: str) -> Mapping[str, Any]:
            self.counted.append(request_id)
            return {}

        self.module = ModuleType("app")
        vars(self.module).update(app=app, sweep=sweep, count=count)


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_a_service_lists_the_schedule_of_each_function(shop: Shop) -> None:
    assert shop.app.schedules == {"sweep": "rate(1 minute)", "count": "rate(1 day)"}


def test_chalice_packages_each_function_under_its_own_name(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "app", shop.module)
    sources = shop.app.event_sources
    assert [(source.name, source.handler_string) for source in sources] == [
        ("sweep", "app.sweep"),
        ("count", "app.count"),
    ]
    for source in sources:
        module, _, name = source.handler_string.rpartition(".")
        getattr(sys.modules[module], name)(EVENT, Context())
    assert (shop.swept, shop.counted) == (["invocation-1"], ["invocation-1"])


def test_a_run_is_logged_in_one_line(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert shop.module.sweep(EVENT, Context()) is None
    [line] = map(json.loads, capsys.readouterr().out.splitlines())
    assert (line["message"], line["service"], line["request_id"], line["crumbs"]) == (
        "sweep",
        "shop",
        "invocation-1",
        3,
    )


def test_the_exception_of_a_failed_run_is_raised_for_the_platform(shop: Shop) -> None:
    shop.module.sweep(EVENT, Context())
    with pytest.raises(ValueError, match="the broom broke"):
        shop.module.sweep(EVENT, Context())


def test_a_function_keeps_its_name_and_docstring(shop: Shop) -> None:
    assert (shop.module.sweep.__name__, shop.module.sweep.__doc__) == ("sweep", "Sweep the floor.")


def test_a_function_is_neither_a_route_nor_subscribed_to_a_stream(shop: Shop) -> None:
    assert (set(shop.app.routes), shop.app.subscriptions) == ({"/health"}, {})
