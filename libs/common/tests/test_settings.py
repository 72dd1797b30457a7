import dataclasses

import pytest

from inventory_common.budgets import Budget
from inventory_common.schema import PRODUCTS
from inventory_common.settings import Settings

REQUIRED = {
    "JWKS_URL": "http://127.0.0.1:4566/jwks.json",
    "TOKEN_ISSUER": "https://issuer.example",
    "TOKEN_AUDIENCES": "shop,back-office",
    "MACHINE_CLIENT_IDS": "orders-1",
}


def test_the_required_variables_are_enough() -> None:
    assert Settings.from_environment({**REQUIRED, "HOME": "/"}) == Settings(
        jwks_url="http://127.0.0.1:4566/jwks.json",
        token_issuer="https://issuer.example",
        token_audiences=("shop", "back-office"),
        machine_client_ids=("orders-1",),
        table_name_prefix="",
        cors_origins=(),
    )


def test_the_optional_variables_are_read() -> None:
    optional = {"TABLE_NAME_PREFIX": "dev-", "CORS_ORIGINS": "https://a.example,https://b.example"}
    settings = Settings.from_environment({**REQUIRED, **optional})
    assert settings.table_name_prefix == "dev-"
    assert settings.cors_origins == ("https://a.example", "https://b.example")


def test_the_ledger_keys_are_where_the_settings_say_if_they_do() -> None:
    keys = {
        "LEDGER_KEY_SECRET": "inventory-dev-ledger-key",
        "LEDGER_KEYS_PATH": "/inventory/dev/ledger-keys/",
    }
    settings = Settings.from_environment({**REQUIRED, **keys})
    assert settings.ledger_key_secret == "inventory-dev-ledger-key"
    assert settings.ledger_keys_path == "/inventory/dev/ledger-keys/"
    for without in (REQUIRED, {**REQUIRED, **dict.fromkeys(keys, "")}):
        settings = Settings.from_environment(without)
        assert settings.ledger_key_secret is None
        assert settings.ledger_keys_path is None


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("absent", [True, False], ids=["absent", "empty"])
def test_a_missing_variable_is_named(name: str, absent: bool) -> None:
    environment = {key: value for key, value in REQUIRED.items() if key != name}
    if not absent:
        environment[name] = ""
    with pytest.raises(RuntimeError) as error:
        Settings.from_environment(environment)
    assert str(error.value) == f"These environment variables must be set: {name}"


def test_all_missing_variables_are_named_at_once() -> None:
    with pytest.raises(RuntimeError) as error:
        Settings.from_environment({"TOKEN_ISSUER": "x"})
    assert str(error.value).endswith(": JWKS_URL, TOKEN_AUDIENCES, MACHINE_CLIENT_IDS")


@pytest.mark.parametrize(
    ("text", "members"),
    [("a", ("a",)), ("a,b", ("a", "b")), (" a , b ", ("a", "b")), ("a,,b,", ("a", "b")), (",", ())],
)
def test_a_list_is_separated_by_commas(text: str, members: tuple[str, ...]) -> None:
    assert Settings.from_environment({**REQUIRED, "CORS_ORIGINS": text}).cors_origins == members


@pytest.mark.parametrize("name", ["TOKEN_AUDIENCES", "MACHINE_CLIENT_IDS"])
def test_a_required_list_without_a_member_is_missing(name: str) -> None:
    # A service with such settings would refuse every token.
    with pytest.raises(RuntimeError, match=name):
        Settings.from_environment({**REQUIRED, name: " , "})


def test_the_name_of_a_table_has_the_prefix_of_the_stage() -> None:
    settings = Settings.from_environment({**REQUIRED, "TABLE_NAME_PREFIX": "dev-"})
    assert settings.name_of(PRODUCTS) == "dev-Products-table"
    assert Settings.from_environment(REQUIRED).name_of(PRODUCTS) == "Products-table"


def test_settings_cannot_be_changed() -> None:
    settings = Settings.from_environment(REQUIRED)
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.table_name_prefix = "x"  # type: ignore[misc]


def test_the_owners_of_orders_are_read() -> None:
    text = '{"web-1": ["web"], "till": ["till", "default"], "erp": ["*"]}'
    settings = Settings.from_environment({**REQUIRED, "ORDER_OWNERS": text})
    assert settings.order_owners == {"web-1": ("web",), "till": ("till", "default"), "erp": ("*",)}
    for nothing in ({}, {"ORDER_OWNERS": ""}, {"ORDER_OWNERS": "{}"}):
        assert Settings.from_environment({**REQUIRED, **nothing}).order_owners == {}


@pytest.mark.parametrize(
    "text",
    [
        "web",
        "[]",
        "null",
        '{"a": "web"}',
        '{"a": []}',
        '{"a": ["*", "web"]}',
        '{"a": ["web", "*"]}',
        '{"a": ["Web"]}',
        '{"a": [""]}',
        '{"a": [1]}',
        '{"a": null}',
        '{"a": ["w' + "w" * 32 + '"]}',
    ],
)
def test_wrong_owners_of_orders_are_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(RuntimeError, match="ORDER_OWNERS must be a JSON object of client ids"):
        Settings.from_environment({**REQUIRED, "ORDER_OWNERS": text})


def test_the_budgets_of_clients_and_vendors_are_read() -> None:
    text = '{"client": {"rate": 500, "burst": 5000}, "vendor": {"rate": 100, "burst": 1}}'
    settings = Settings.from_environment({**REQUIRED, "BUDGETS": text})
    assert (settings.client_budget, settings.vendor_budget) == (Budget(500, 5000), Budget(100, 1))
    alone = Settings.from_environment({**REQUIRED, "BUDGETS": '{"vendor": {"rate": 100.5, "burst": 1}}'})
    assert (alone.client_budget, alone.vendor_budget) == (None, Budget(100.5, 1))
    for nothing in ({}, {"BUDGETS": ""}, {"BUDGETS": "{}"}):
        unlimited = Settings.from_environment({**REQUIRED, **nothing})
        assert (unlimited.client_budget, unlimited.vendor_budget) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "500",
        "[]",
        "null",
        '{"admin": {"rate": 500, "burst": 5000}}',
        '{"client": 500}',
        '{"client": null}',
        '{"client": {"rate": 500}}',
        '{"client": {"rate": 500, "burst": 5000, "each": "day"}}',
        '{"client": {"rate": 99, "burst": 5000}}',
        '{"client": {"rate": 500, "burst": 0}}',
        '{"client": {"rate": "500", "burst": 5000}}',
        '{"client": {"rate": true, "burst": 5000}}',
        '{"client": {"rate": NaN, "burst": 5000}}',
        '{"client": {"rate": Infinity, "burst": 5000}}',
    ],
)
def test_wrong_budgets_are_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(RuntimeError, match="BUDGETS must be a JSON object such as"):
        Settings.from_environment({**REQUIRED, "BUDGETS": text})
