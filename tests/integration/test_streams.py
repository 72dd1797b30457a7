"""The stream handlers in processes of their own: with late and repeated deliveries, and after a kill.

The embedded engine's streams are read as production's are.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import boto3
import httpx
import pytest

from local.environment import service_environment
from local.settings import REGION, Settings
from local.tables import create_tables, definitions
from tests.integration.ledger_checks import Tables, read_tables
from tests.integration.processes import Process, distinct_free_ports, wait_until
from tests.integration.shop import VENDOR, Dice, Shop, Sku, by_writers, done, outcome, together
from tests.support.log_schema import require_alert
from tests.support.stored_ledger_key import ledger_key_environment

DELIVERY_SECONDS = 20.0
"""More than a busy machine needs; about a second is usual."""

Line = dict[str, Any]


class Triggers(Process):
    """The process that reads the streams for the stock service; it never outlives the tests."""

    def __init__(self, dynamodb_url: str, output: Path, variables: Mapping[str, str]) -> None:
        settings = Settings(distinct_free_ports(), dynamodb_url)
        environment = service_environment(settings, {**os.environ, "TABLE_NAME_PREFIX": ""})
        # No bus of events: test_event_delivery.py has one.
        environment |= {**ledger_key_environment(), "EVENT_BUS": ""}
        super().__init__(["local.child", "local.triggers", "stock"], {**environment, **variables}, output)
        self.may_fail = False

    def wait_until_begun(self) -> None:
        """Wait for its first batch; there is one, as the streams contain all changes of the test."""

        def begun() -> bool:
            assert self.popen.poll() is None, self.text()
            return bool(self.lines("changes"))

        wait_until(begun, "the first batch", DELIVERY_SECONDS)

    def kill(self) -> None:
        """Kill it at any point."""
        self.popen.kill()
        self.popen.wait()
        self.close()

    def lines(self, message: str) -> list[Line]:
        """Return the complete lines of its log with one message."""
        whole, _, _ = self.text().rpartition("\n")
        lines = map(json.loads, whole.splitlines())
        return [line for line in lines if line["message"] == message]

    def alerts(self) -> list[Line]:
        return self.lines("alert")


class StartTriggers(Protocol):
    def __call__(self, **variables: str) -> Triggers: ...


@pytest.fixture(autouse=True)
def new_tables(client: Any) -> None:
    """New tables: a process reads a stream from its beginning, with the changes of other tests."""
    for name in definitions():
        client.delete_table(TableName=name)
    create_tables(client)


@pytest.fixture
def start_triggers(shop: Shop, aws_url: str, tmp_path: Path) -> Iterator[StartTriggers]:
    """Start triggers over the test's own tables; all are stopped at its end, and none may have failed."""
    started: list[Triggers] = []

    def start(**variables: str) -> Triggers:
        output = tmp_path / f"triggers-{len(started)}.log"
        started.append(Triggers(aws_url, output, variables))
        return started[-1]

    yield start
    running = [triggers for triggers in started if triggers.popen.returncode is None]
    for triggers in running:
        triggers.wait_until_begun()
    assert {triggers.stop() for triggers in running} <= {0}
    expected_to_succeed = [triggers for triggers in started if not triggers.may_fail]
    assert not [triggers.text()[-4000:] for triggers in expected_to_succeed if "Traceback" in triggers.text()]


@pytest.fixture
def triggers(start_triggers: StartTriggers) -> Triggers:
    return start_triggers()


def reactivate(shop: Shop, product_id: str) -> None:
    url = f"{shop.catalog}/products/{product_id}"
    done(shop.ask("PATCH", url, "vendor", VENDOR, body={"is_active": True}))


def adjust(shop: Shop, sku: Sku, by: int) -> httpx.Response:
    url = f"{shop.stock}/products/{sku.product_id}/skus/{sku.sku}/adjustments"
    body = {"quantity_change": by, "notes": "counted"}
    return shop.ask("POST", url, "vendor", sku.vendor_id, body=body, key=os.urandom(8).hex())


def wait_for_flag(shop: Shop, skus: list[Sku], active: bool) -> None:
    def has_flag() -> bool:
        return {shop.sku(sku)["product_is_active"] for sku in skus} == {active}

    wait_until(has_flag, f"product_is_active is {active} at {len(skus)} SKUs", DELIVERY_SECONDS)


def ids(alerts: list[Line]) -> list[str]:
    return [str(alert["alert_id"]) for alert in alerts]


def wait_for_alerts(count: int, *processes: Triggers) -> list[Line]:
    """Return all alerts of processes as soon as there are so many different ones."""

    def alerts() -> list[Line]:
        return [alert for process in processes for alert in process.alerts()]

    wait_until(lambda: len(set(ids(alerts()))) >= count, f"{count} alerts", DELIVERY_SECONDS)
    return alerts()


# The product's flag


def test_a_deactivated_product_is_not_sold_and_a_reactivated_one_is(
    shop: Shop, triggers: Triggers, check_tables: Callable[[], Tables]
) -> None:
    skus = shop.has_skus(3, stock=10)
    product_id = skus[0].product_id
    done(shop.place("ORDER-BEFORE", (skus[0], 1)))

    assert shop.deactivate_product(product_id).status_code == 204
    wait_for_flag(shop, skus, active=False)
    assert outcome(shop.place("ORDER-1", (skus[0], 1))) == "409 product_inactive"
    assert outcome(shop.restock(skus[1], 1)) == "409 product_inactive"
    assert outcome(shop.confirm("ORDER-BEFORE")) == "200"

    reactivate(shop, product_id)
    wait_for_flag(shop, skus, active=True)
    assert outcome(shop.place("ORDER-1", (skus[0], 1))) == "201"
    check_tables()


def test_a_sku_that_its_vendor_deactivated_stays_inactive(shop: Shop, triggers: Triggers) -> None:
    kept, deactivated = shop.has_skus(2, stock=10)
    url = f"{shop.stock}/products/{deactivated.product_id}/skus/{deactivated.sku}"
    assert shop.ask("DELETE", url, "vendor", VENDOR).status_code == 204
    assert shop.deactivate_product(kept.product_id).status_code == 204
    wait_for_flag(shop, [kept, deactivated], active=False)
    reactivate(shop, kept.product_id)
    wait_for_flag(shop, [kept, deactivated], active=True)
    assert outcome(shop.place("ORDER-1", (kept, 1))) == "201"
    assert outcome(shop.place("ORDER-2", (deactivated, 1))) == "409 sku_inactive"


def test_changes_made_while_no_process_ran_are_processed_later(
    shop: Shop, start_triggers: StartTriggers, check_tables: Callable[[], Tables]
) -> None:
    gone, back, low = (shop.has_sku(10) for _ in range(3))
    first = start_triggers()
    assert shop.deactivate_product(back.product_id).status_code == 204
    wait_for_flag(shop, [back], active=False)
    first.kill()

    assert shop.deactivate_product(gone.product_id).status_code == 204
    reactivate(shop, back.product_id)
    done(adjust(shop, low, -6))
    assert shop.sku(gone)["product_is_active"]

    second = start_triggers()
    wait_for_flag(shop, [gone], active=False)
    wait_for_flag(shop, [back], active=True)
    assert [alert["sku"] for alert in wait_for_alerts(1, second)] == [low.sku]
    check_tables()


def test_repeated_kills_lose_no_change(
    shop: Shop, start_triggers: StartTriggers, check_tables: Callable[[], Tables], dice: Dice
) -> None:
    products = [shop.has_skus(4, stock=10) for _ in range(4)]
    switch: dict[bool, Callable[[str], object]] = {
        True: partial(reactivate, shop),
        False: shop.deactivate_product,
    }
    active = {skus[0].product_id: True for skus in products}
    for _ in range(4):
        process = start_triggers()
        for _ in range(dice.randint(1, 6)):
            product_id = dice.choice(list(active))
            active[product_id] = not active[product_id]
            switch[active[product_id]](product_id)
        process.wait_until_begun()
        process.kill()
    start_triggers()
    for skus in products:
        wait_for_flag(shop, skus, active[skus[0].product_id])
    check_tables()


def test_two_processes_and_concurrent_sales_come_to_the_same_result(
    shop: Shop, start_triggers: StartTriggers, check_tables: Callable[[], Tables], dice: Dice
) -> None:
    skus = shop.has_skus(6, stock=40)
    product_id = skus[0].product_id
    both = [start_triggers(), start_triggers()]

    def switch() -> set[str]:
        for _ in range(6):
            assert shop.deactivate_product(product_id).status_code == 204
            reactivate(shop, product_id)
        assert shop.deactivate_product(product_id).status_code == 204
        return set()

    def sell() -> set[str]:
        orders = [partial(shop.place, f"ORDER-{n}", (dice.choice(skus), 1)) for n in range(60)]
        return set(map(outcome, by_writers(2, orders)))

    _, outcomes = together([switch, sell])
    assert outcomes <= {"201", "409 product_inactive"}
    wait_for_flag(shop, skus, active=False)
    everything_is_read(shop, both)
    assert {shop.sku(sku)["product_is_active"] for sku in skus} == {False}
    assert {shop.sku(sku)["product_version"] for sku in skus} == {14}
    assert outcome(shop.place("ORDER-LAST", (skus[0], 1))) == "409 product_inactive"
    check_tables()


def everything_is_read(shop: Shop, processes: list[Triggers]) -> None:
    """Return when each process has read all changes of products until now."""
    last = shop.has_sku(10)
    assert shop.deactivate_product(last.product_id).status_code == 204
    wait_for_flag(shop, [last], active=False)

    def read(process: Triggers) -> int:
        return sum(line["records"] for line in process.lines("changes") if line["table"] == "Products-table")

    # The process that delivered the last change has read all; the other has when it has read as many.
    wait_until(lambda: len(set(map(read, processes))) == 1, "both have read all changes", DELIVERY_SECONDS)


# Low stock


def test_without_a_topic_an_alert_is_a_line_in_the_log_of_the_triggers(
    shop: Shop, triggers: Triggers
) -> None:
    sold, corrected, raised = (shop.has_sku(10) for _ in range(3))
    done(shop.place("ORDER-1", (sold, 5)))
    done(shop.confirm("ORDER-1"))
    done(adjust(shop, corrected, -10))
    url = f"{shop.stock}/products/{raised.product_id}/skus/{raised.sku}"
    done(shop.ask("PATCH", url, "vendor", VENDOR, body={"reorder_threshold": 10}))
    alerts = wait_for_alerts(3, triggers)
    assert Counter(alert["sku"] for alert in alerts) == Counter([sold.sku, corrected.sku, raised.sku])
    [alert] = [alert for alert in alerts if alert["sku"] == sold.sku]
    current = shop.sku(sold)
    assert alert.pop("timestamp")
    assert alert == {
        "level": "WARN",
        "message": "alert",
        "service": "inventory-stock",
        "alert_id": f"low_stock:{sold.sku}:{current['version']}",
        "kind": "low_stock",
        "vendor_id": VENDOR,
        "product_id": sold.product_id,
        "sku": sold.sku,
        "variant_name": "A pack",
        "current_stock": 5,
        "reserved_stock": 0,
        "available_stock": 5,
        "reorder_threshold": 5,
        "occurred_at": current["last_updated"],
    }


def test_a_new_process_sends_no_alert_again(shop: Shop, start_triggers: StartTriggers, client: Any) -> None:
    first_sku, second_sku = shop.has_sku(10), shop.has_sku(10)
    first = start_triggers()
    done(adjust(shop, first_sku, -6))
    wait_for_alerts(1, first)
    # It is stored as sent after it was sent: a process that is killed in between sends it again.
    wait_until(lambda: bool(read_tables(client).alerts), "the alert is stored as sent", DELIVERY_SECONDS)
    assert first.stop() == 0

    second = start_triggers()
    done(adjust(shop, second_sku, -6))
    # The stream is read from its oldest record on: the older change was read before the newer one.
    assert [alert["sku"] for alert in wait_for_alerts(1, second)] == [second_sku.sku]


def test_two_processes_send_an_alert_for_each_fall_always_with_the_same_id(
    shop: Shop, start_triggers: StartTriggers, check_tables: Callable[[], Tables]
) -> None:
    skus = shop.has_skus(8, stock=10)
    both = [start_triggers(), start_triggers()]
    falls = 3

    def fall_and_rise(sku: Sku) -> None:
        for _ in range(falls):
            done(adjust(shop, sku, -6))
            done(adjust(shop, sku, +6))

    together([partial(fall_and_rise, sku) for sku in skus])
    alerts = wait_for_alerts(falls * len(skus), *both)
    distinct = {alert["alert_id"]: alert["sku"] for alert in alerts}
    assert Counter(distinct.values()) == Counter({sku.sku: falls for sku in skus})
    assert max(Counter(ids(alerts)).values()) <= len(both)
    check_tables()


class Subscriber:
    """A queue that is subscribed to a topic of the embedded AWS."""

    def __init__(self, endpoint_url: str) -> None:
        sns, self._sqs = _client("sns", endpoint_url), _client("sqs", endpoint_url)
        name = f"alerts-{os.urandom(4).hex()}"
        self.topic_arn: str = sns.create_topic(Name=name)["TopicArn"]
        self._queue = self._sqs.create_queue(QueueName=name)["QueueUrl"]
        arguments = {"QueueUrl": self._queue, "AttributeNames": ["QueueArn"]}
        arn = self._sqs.get_queue_attributes(**arguments)["Attributes"]["QueueArn"]
        sns.subscribe(TopicArn=self.topic_arn, Protocol="sqs", Endpoint=arn)
        self.received: list[dict[str, Any]] = []

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        def have_arrived() -> bool:
            response = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10)
            self.received += [json.loads(message["Body"]) for message in response.get("Messages", ())]
            return len(self.received) >= count

        wait_until(have_arrived, f"{count} messages", DELIVERY_SECONDS)
        return self.received


def _client(name: str, endpoint_url: str) -> Any:
    keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
    return boto3.client(name, endpoint_url=endpoint_url, region_name=REGION, **keys)


def test_with_a_topic_an_alert_reaches_its_subscribers(
    shop: Shop, start_triggers: StartTriggers, topics_url: str
) -> None:
    subscriber = Subscriber(topics_url)
    triggers = start_triggers(ALERT_TOPIC_ARN=subscriber.topic_arn, AWS_ENDPOINT_URL_SNS=topics_url)
    sku = shop.has_sku(10)
    done(adjust(shop, sku, -6))
    [message] = subscriber.wait_for(1)
    assert message["TopicArn"] == subscriber.topic_arn
    assert message["MessageAttributes"] == {
        "kind": {"Type": "String", "Value": "low_stock"},
        "vendor_id": {"Type": "String", "Value": VENDOR},
    }
    alert = json.loads(message["Message"])
    require_alert(alert)
    assert (alert["kind"], alert["sku"], alert["current_stock"]) == ("low_stock", sku.sku, 4)
    assert alert["alert_id"] == f"low_stock:{sku.sku}:{shop.sku(sku)['version']}"
    assert triggers.alerts() == []


def test_an_alert_that_its_topic_refused_is_sent_once_later(
    shop: Shop, start_triggers: StartTriggers, topics_url: str
) -> None:
    subscriber = Subscriber(topics_url)
    missing = f"{subscriber.topic_arn}-elsewhere"
    fallen, other = shop.has_sku(10), shop.has_sku(10)
    done(adjust(shop, fallen, -6))
    failing = start_triggers(ALERT_TOPIC_ARN=missing, AWS_ENDPOINT_URL_SNS=topics_url)

    failing.may_fail = True

    def has_failed() -> bool:
        return any(line["level"] == "ERROR" for line in failing.lines("changes"))

    wait_until(has_failed, "the topic refuses the alert", DELIVERY_SECONDS)
    failing.kill()
    start_triggers(ALERT_TOPIC_ARN=subscriber.topic_arn, AWS_ENDPOINT_URL_SNS=topics_url)
    done(adjust(shop, other, -6))
    sent = [json.loads(message["Message"])["sku"] for message in subscriber.wait_for(2)]
    assert sorted(sent) == sorted([fallen.sku, other.sku])
