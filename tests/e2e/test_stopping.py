"""Ctrl-C and SIGTERM, with the real services: everything ends, and no process remains."""

from __future__ import annotations

import signal

import pytest

from tests.e2e.running_stack import RunningStack, is_alive
from tests.integration.processes import wait_until
from tests.integration.shop import Shop, Wire, done


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_stack_that_is_in_use(own_stack: RunningStack, number: signal.Signals) -> None:
    wire = Wire(own_stack.url("front"))
    shop = Shop(wire, *map(own_stack.url, ("catalog", "stock", "audit")))
    # Open connections do not keep a process alive.
    done(shop.place("ORDER-1", (shop.has_sku(1), 1)))
    processes = own_stack.descendants()
    assert len(processes) >= 5
    assert sorted(own_stack.open_ports()) == ["audit", "aws", "catalog", "front", "stock"]

    assert own_stack.end(number) == 0

    wait_until(lambda: not any(map(is_alive, processes)), f"end of {processes}", seconds=10)
    assert own_stack.open_ports() == []
    assert "Traceback" not in own_stack.text()
    wire.http.close()
