"""Keys of the log: what is stored, what is published, what they sign, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_common.ledger_keys import (
    LedgerKeyError,
    LedgerSigner,
    PublicKey,
    PublicKeys,
    SignaturesNotInstalled,
    SigningKey,
    from_base64url,
    new_signing_key,
    to_base64url,
)

CREATED = "2026-11-30T00:00:00.000000Z"
RETIRED = "2026-12-30T00:00:00.000000Z"
# RFC 8032, section 7.1, test 3.
PRIVATE = bytes.fromhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")
PUBLIC = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
MESSAGE = bytes.fromhex("af82")
SIGNATURE = bytes.fromhex(
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
)
HASH = "ab" * 32


@pytest.fixture
def key() -> SigningKey:
    return SigningKey("k1", PRIVATE)


@pytest.fixture
def public(key: SigningKey) -> PublicKey:
    return key.public_key(CREATED)


def test_a_signature_is_that_of_the_standard(key: SigningKey, public: PublicKey) -> None:
    assert public.public_key == PUBLIC
    assert key.sign_bytes(MESSAGE) == SIGNATURE
    assert public.verifies(MESSAGE, SIGNATURE)


def test_a_record_is_signed_by_the_bytes_of_its_hash(key: SigningKey, public: PublicKey) -> None:
    signer: LedgerSigner = key
    signature = signer.sign(HASH)
    assert len(signature) == 64
    assert public.verifies(bytes.fromhex(HASH), signature)
    assert public.verifies_hash(HASH, signature)
    assert not public.verifies_hash("ac" + HASH[2:], signature)
    assert not public.verifies(HASH.encode(), signature)


@given(at=st.integers(0, 63), bit=st.integers(0, 7))
def test_a_changed_signature_does_not_verify(at: int, bit: int) -> None:
    changed = bytearray(SIGNATURE)
    changed[at] ^= 1 << bit
    assert not SigningKey("k1", PRIVATE).public_key(CREATED).verifies(MESSAGE, bytes(changed))


@pytest.mark.parametrize("signature", [b"", SIGNATURE[:-1], SIGNATURE + b"\0", b"\0" * 64, b"\xff" * 64])
def test_what_is_no_signature_does_not_verify(public: PublicKey, signature: bytes) -> None:
    assert not public.verifies(MESSAGE, signature)


def test_another_key_does_not_verify(key: SigningKey) -> None:
    other = new_signing_key("k1").public_key(CREATED)
    assert not other.verifies(MESSAGE, SIGNATURE)


def test_a_key_is_read_as_it_was_stored() -> None:
    key = new_signing_key("2f9ac01b")
    again = SigningKey.from_stored(key.to_stored())
    assert again == key
    assert hash(again) == hash(key)
    assert again.sign(HASH) == key.sign(HASH)
    assert key != new_signing_key("2f9ac01b")
    assert key != "2f9ac01b"


def test_a_key_shows_nothing_of_itself(key: SigningKey) -> None:
    assert repr(key) == "SigningKey('k1')"
    assert str(key) == "SigningKey('k1')"


STORED = {"key_id": "k1", "private_key": to_base64url(PRIVATE)}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[]",
        "null",
        "[" * 100_000,
        json.dumps({"key_id": "k1"}),
        json.dumps({"private_key": STORED["private_key"]}),
        json.dumps({**STORED, "key_id": STORED["private_key"]}),
        json.dumps({**STORED, "key_id": 1}),
        json.dumps({**STORED, "key_id": ""}),
        json.dumps({**STORED, "private_key": STORED["private_key"] + "!"}),
        json.dumps({**STORED, "private_key": STORED["private_key"][:-3]}),
        json.dumps({**STORED, "private_key": None}),
        json.dumps({**STORED, "private_key": "ü"}),
    ],
)
def test_a_malformed_secret_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(LedgerKeyError, match=r"^The secret ") as refused:
        SigningKey.from_stored(text)
    shown = str(refused.value) + repr(refused.value.__cause__)
    assert STORED["private_key"][:8] not in shown


@pytest.mark.parametrize("key_id", ["", "123456789", "a/b", "k 1", "k1\n", "é"])
def test_an_id_that_does_not_fit_into_a_record_is_refused(key_id: str) -> None:
    with pytest.raises(LedgerKeyError, match="1 to 8 letters, digits, - and _"):
        new_signing_key(key_id)


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(LedgerKeyError, match="31 bytes, not 32"):
        SigningKey("k1", PRIVATE[:-1])


def test_keys_are_published_as_a_key_set_and_read_from_it(public: PublicKey) -> None:
    older = new_signing_key("k0").public_key("2026-01-01T00:00:00.000000Z").retired(RETIRED)
    keys = PublicKeys([public, older])
    assert list(keys) == ["k0", "k1"]
    assert len(keys) == 2
    assert keys["k1"] == public
    assert keys.get("k2") is None
    assert repr(keys) == "PublicKeys(['k0', 'k1'])"
    document = json.loads(json.dumps(keys.jwks()))
    assert PublicKeys.from_jwks(document) == keys
    assert document["keys"][1] == {
        "kty": "OKP",
        "crv": "Ed25519",
        "alg": "EdDSA",
        "use": "sig",
        "kid": "k1",
        "x": to_base64url(PUBLIC),
        "created_at": CREATED,
        "retired_at": None,
    }
    assert document["keys"][0]["retired_at"] == RETIRED
    assert PublicKeys.from_jwks({"keys": []}) == PublicKeys()


def test_another_library_reads_a_published_key(public: PublicKey) -> None:
    import jwt

    read = jwt.PyJWK.from_dict({**public.jwk()})
    read.key.verify(SIGNATURE, MESSAGE)


def test_a_key_is_retired_after_its_moment_not_before(public: PublicKey) -> None:
    assert not public.is_retired_at("9999-12-31T23:59:59.999999Z")
    retired = public.retired(RETIRED)
    assert not retired.is_retired_at(RETIRED)
    assert retired.is_retired_at("2026-12-30T00:00:00.000001Z")


JWK = SigningKey("k1", PRIVATE).public_key(CREATED).jwk()


def without(name: str) -> dict[str, Any]:
    return {member: value for member, value in JWK.items() if member != name}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (None, "not a JSON Web Key Set"),
        ([], "not a JSON Web Key Set"),
        ({}, "not a JSON Web Key Set"),
        ({"keys": {}}, "not a JSON Web Key Set"),
        ({"keys": [{"kty": "RSA", "kid": "a", "n": "AQAB", "e": "AQAB"}]}, "no Ed25519 key"),
        ({"keys": ["k1"]}, "no Ed25519 key"),
        ({"keys": [JWK, JWK]}, "Two keys have the id k1"),
        ({"keys": [without("kid")]}, "id of a key"),
        ({"keys": [{**JWK, "kid": "123456789"}]}, "id of a key"),
        ({"keys": [{**JWK, "alg": "RS256"}]}, "k1 has another alg than EdDSA"),
        ({"keys": [{**JWK, "use": "enc"}]}, "k1 has another use than sig"),
        ({"keys": [{**JWK, "d": "AAAA"}]}, "k1 is a private key"),
        ({"keys": [without("x")]}, "k1 has no valid x: It is not a text"),
        ({"keys": [{**JWK, "x": "a+b/"}]}, "k1 has no valid x: It is not base64url"),
        ({"keys": [{**JWK, "x": "AAAA"}]}, "k1 has 3 bytes, not 32"),
        ({"keys": [without("created_at")]}, "k1 has no valid created_at"),
        ({"keys": [{**JWK, "created_at": "2026-11-30"}]}, "k1 has no valid created_at"),
        ({"keys": [{**JWK, "retired_at": 1}]}, "k1 has no valid retired_at"),
        ({"keys": [{**JWK, "retired_at": ""}]}, "k1 has no valid retired_at"),
    ],
)
def test_a_malformed_key_set_is_refused_in_a_sentence(document: Any, message: str) -> None:
    with pytest.raises(LedgerKeyError, match=message):
        PublicKeys.from_jwks(document)


def test_keys_of_other_types_are_left_out_of_a_set() -> None:
    keys = PublicKeys.from_jwks({"keys": [{"kty": "RSA", "kid": "a"}, JWK, {"kty": "OKP", "crv": "X25519"}]})
    assert list(keys) == ["k1"]


def test_a_key_without_optional_members_is_read() -> None:
    document = {name: JWK[name] for name in ("kty", "crv", "kid", "x", "created_at")}
    assert PublicKey.from_jwk(document) == PublicKey.from_jwk(JWK)


def test_what_is_no_key_is_refused() -> None:
    documents: list[Any] = [None, [], {"kty": "RSA"}]
    for document in documents:
        with pytest.raises(LedgerKeyError, match="not an Ed25519 key"):
            PublicKey.from_jwk(document)


@given(st.binary(max_size=80))
def test_bytes_have_one_text(data: bytes) -> None:
    text = to_base64url(data)
    assert "=" not in text
    assert from_base64url(text) == data


@given(st.text(alphabet="AB_-=+/ \n", max_size=12))
def test_no_two_texts_are_the_same_bytes(text: str) -> None:
    try:
        data = from_base64url(text)
    except LedgerKeyError:
        return
    assert to_base64url(data) == text


def _python(code: str) -> str:
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return run.stdout.strip()


def test_reading_keys_does_not_import_cryptography() -> None:
    code = f"""
import sys
from inventory_common.ledger_keys import PublicKeys, SigningKey
PublicKeys.from_jwks({PublicKeys.from_jwks({"keys": [JWK]}).jwks()!r})
SigningKey.from_stored({json.dumps(STORED)!r})
print("cryptography" in sys.modules)
"""
    assert _python(code) == "False"


@pytest.mark.parametrize(
    "use",
    [
        lambda: new_signing_key("k1"),
        lambda: SigningKey("k1", PRIVATE).sign(HASH),
        lambda: SigningKey("k1", PRIVATE).public_key(CREATED),
        lambda: PublicKey.from_jwk(JWK).verifies(MESSAGE, SIGNATURE),
    ],
    ids=["make", "sign", "publish", "verify"],
)
def test_without_cryptography_the_extra_is_named(
    use: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    # None in sys.modules makes the import fail, as it does where the package is not installed.
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.ed25519", None)
    with pytest.raises(SignaturesNotInstalled, match=r"pip install 'inventory-common\[signatures\]'"):
        use()
