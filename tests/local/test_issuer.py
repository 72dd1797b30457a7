"""Tokens of the development issuer, verified as a service would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from local.errors import StackError
from local.issuer import LIFETIME_SECONDS, Issuer, TokenRefused, kept_key

URL = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer(URL)


def verified(issuer: Issuer, token: str, audience: str | None) -> dict[str, Any]:
    keys = jwt.PyJWKSet.from_dict(issuer.jwks())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key, algorithms=["RS256"], issuer=URL, audience=audience)


def test_a_vendor_has_an_id_token_with_its_vendor_id(issuer: Issuer) -> None:
    claims = verified(issuer, issuer.token("vendor", "VENDOR-001"), "inventory-local")
    assert claims["token_use"] == "id"
    assert claims["cognito:groups"] == ["vendor"]
    assert claims["custom:vendor_id"] == "VENDOR-001"
    assert claims["sub"] == "local-vendor-001"


@pytest.mark.parametrize("role", ["auditor", "admin"])
def test_auditors_and_admins_have_id_tokens_without_a_vendor(issuer: Issuer, role: str) -> None:
    claims = verified(issuer, issuer.token(role), "inventory-local")
    assert claims["token_use"] == "id"
    assert claims["cognito:groups"] == [role]
    assert "custom:vendor_id" not in claims


def test_the_order_system_has_an_access_token_without_an_audience(issuer: Issuer) -> None:
    claims = verified(issuer, issuer.token("orders"), None)
    assert claims["token_use"] == "access"
    assert claims["client_id"] == "local-order-system"
    assert claims["scope"] == "inventory/orders"
    assert "aud" not in claims
    assert "cognito:groups" not in claims


def test_the_order_desk_is_a_person_of_the_group_orders(issuer: Issuer) -> None:
    claims = verified(issuer, issuer.token("desk"), "inventory-local")
    assert (claims["token_use"], claims["cognito:groups"], claims["sub"]) == ("id", ["orders"], "local-desk")
    assert "client_id" not in claims
    with pytest.raises(TokenRefused, match="Role desk takes no vendor id"):
        issuer.token("desk", "VENDOR-001")


def test_a_token_lasts_twelve_hours(issuer: Issuer) -> None:
    claims = verified(issuer, issuer.token("admin"), "inventory-local")
    assert claims["exp"] - claims["iat"] == LIFETIME_SECONDS == 12 * 60 * 60


def test_a_token_expires() -> None:
    issuer = Issuer(URL, now=lambda: 1_000_000_000.0)
    with pytest.raises(jwt.ExpiredSignatureError):
        verified(issuer, issuer.token("admin"), "inventory-local")


def test_a_token_of_another_issuer_object_does_not_verify(issuer: Issuer) -> None:
    with pytest.raises(KeyError):
        verified(issuer, Issuer(URL).token("admin"), "inventory-local")


def test_the_key_set_is_public(issuer: Issuer) -> None:
    (key,) = issuer.jwks()["keys"]
    assert set(key) == {"kty", "kid", "use", "alg", "n", "e", "key_ops"}
    assert key["key_ops"] == ["verify"]


@pytest.mark.parametrize(
    ("role", "vendor", "sentence"),
    [
        ("king", None, "Unknown role 'king'; roles are vendor, orders, desk, auditor, admin."),
        ("", None, "Unknown role ''; roles are vendor, orders, desk, auditor, admin."),
        ("vendor", None, "Role vendor needs a vendor id, such as VENDOR-001."),
        ("vendor", "", "Role vendor needs a vendor id, such as VENDOR-001."),
        ("admin", "VENDOR-1", "Role admin takes no vendor id; leave 'VENDOR-1' out."),
        (
            "vendor",
            "VENDOR-",
            "'VENDOR-' is not a vendor id; write VENDOR- and 1 to 32 of A-Z and 0-9.",
        ),
        ("vendor", "V-1", "'V-1' is not a vendor id; write VENDOR- and 1 to 32 of A-Z and 0-9."),
    ],
)
def test_a_wrong_role_or_vendor_is_refused_in_one_sentence(
    issuer: Issuer, role: str, vendor: str | None, sentence: str
) -> None:
    with pytest.raises(TokenRefused) as refusal:
        issuer.token(role, vendor)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("vendor", ["VENDOR-001\n", "vendor-001", "VENDOR-" + "A" * 33, "VENDOR-É"])
def test_a_malformed_vendor_id_is_refused(issuer: Issuer, vendor: str) -> None:
    with pytest.raises(TokenRefused):
        issuer.token("vendor", vendor)


def test_a_vendor_id_may_have_32_characters(issuer: Issuer) -> None:
    assert issuer.token("vendor", "VENDOR-" + "A1" * 16)


def test_a_kept_key_verifies_the_tokens_of_the_run_before(tmp_path: Path) -> None:
    file = tmp_path / "issuer-key.pem"
    (tmp_path / "issuer-key.pem.partial").write_text("of a run that was killed")
    before = Issuer(URL, key=kept_key(file))
    after = Issuer(URL, key=kept_key(file))
    assert before.jwks() == after.jwks()
    assert verified(after, before.token("admin"), "inventory-local")["sub"] == "local-admin"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["issuer-key.pem"]


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\n", "elliptic"])
def test_a_file_without_a_key_is_refused(tmp_path: Path, content: bytes | str) -> None:
    file = tmp_path / "issuer-key.pem"
    if isinstance(content, str):
        key = ec.generate_private_key(ec.SECP256R1())
        content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(content)
    with pytest.raises(StackError, match=r"issuer-key\.pem is not a key of a token issuer"):
        kept_key(file)
    assert file.read_bytes() == content
