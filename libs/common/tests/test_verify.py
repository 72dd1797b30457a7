import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fixed_ledger_key import LEDGER_KEY, LEDGER_KEYS

from inventory_common.ids import transaction_id
from inventory_common.ledger_keys import PublicKeys, SigningKey
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.timestamps import plus_seconds
from inventory_common.transactions import RULES, TransactionRecord, TransactionType
from inventory_common.verify import BrokenLog, main, verify_lines

BLACK, WHITE = "SKU-PROD-E4F9A-BLK-L", "SKU-PROD-E4F9A-WHT-L"


def a_record(
    sku: str,
    sequence: int,
    transaction_type: str,
    command: str,
    quantity: int,
    before: dict[str, Any] | None,
    signer: SigningKey = LEDGER_KEY,
    **differences: Any,
) -> dict[str, Any]:
    """Return a record that continues another one, or the empty log."""
    effect = RULES[TransactionType(transaction_type)].effect
    stock, reserved = (before["stock_after"], before["reserved_after"]) if before else (0, 0)
    attributes: dict[str, Any] = {
        "transaction_id": transaction_id(sku, sequence),
        "timestamp": plus_seconds("2026-02-23T10:30:00.000000Z", sequence),
        "product_id": "PROD-E4F9A",
        "sku": sku,
        "vendor_id": "VENDOR-001",
        "transaction_type": transaction_type,
        "quantity_change": effect.current_stock * quantity,
        "stock_before": stock,
        "stock_after": stock + effect.current_stock * quantity,
        "order_id": "ORDER-1" if RULES[TransactionType(transaction_type)].is_order else None,
        "performed_by": "VENDOR-001",
        "notes": "L'été 🎧 \u2028",
        "sequence": sequence,
        "quantity": quantity,
        "reserved_before": reserved,
        "reserved_after": reserved + effect.reserved_stock * quantity,
        "request_id": "request-1",
        "command": command,
        "previous_hash": before["hash"] if before else FIRST_PREVIOUS_HASH,
    }
    return TransactionRecord.signed_by(signer, **attributes | differences).document()


def a_log(sku: str, length: int, signer: SigningKey = LEDGER_KEY) -> list[dict[str, Any]]:
    """Return a log of restocks of one unit each."""
    records: list[dict[str, Any]] = []
    for sequence in range(1, length + 1):
        before = records[-1] if records else None
        records.append(a_record(sku, sequence, "restock", "restock", 1, before, signer))
    return records


def lines(records: list[dict[str, Any]]) -> list[str]:
    return [json.dumps(record, ensure_ascii=bool(number % 2)) + "\n" for number, record in enumerate(records)]


LOG = a_log(BLACK, 12)


def test_a_whole_log_is_returned_as_a_chain_with_its_head() -> None:
    [chain] = verify_lines(lines(LOG))
    assert (chain.sku, chain.first_sequence, chain.last_sequence) == (BLACK, 1, 12)
    assert chain.head_hash == LOG[-1]["hash"]


def test_records_of_several_skus_may_be_in_any_order() -> None:
    both = [*LOG, *a_log(WHITE, 5)]
    random.Random(1).shuffle(both)
    assert {chain.sku: chain.last_sequence for chain in verify_lines(lines(both))} == {BLACK: 12, WHITE: 5}


def test_an_empty_log_is_whole() -> None:
    assert verify_lines(["\n", ""]) == []


def changed(at: int, **attributes: Any) -> list[str]:
    return lines([*LOG[:at], LOG[at] | attributes, *LOG[at + 1 :]])


@pytest.mark.parametrize("name", sorted(LOG[0]))
@pytest.mark.parametrize("at", [0, 6, 11])
def test_a_changed_attribute_breaks_the_log(name: str, at: int) -> None:
    value = LOG[at][name]
    other = value + 1 if type(value) is int else OTHER.get(name, f"{value}x")
    with pytest.raises(BrokenLog):
        verify_lines(changed(at, **{name: other}), keys=LEDGER_KEYS)


OTHER = {"sku": WHITE, "order_id": "ORDER-1"}


@pytest.mark.parametrize("name", sorted(LOG[0]))
def test_a_missing_attribute_and_one_of_another_type_break_the_log(name: str) -> None:
    incomplete = {key: value for key, value in LOG[3].items() if key != name}
    with pytest.raises(BrokenLog):
        verify_lines(lines([*LOG[:3], incomplete, *LOG[4:]]))
    if type(LOG[3][name]) is int and name != "sequence":
        with pytest.raises(BrokenLog, match=f"{name} is {LOG[3][name]}.0, expected "):
            verify_lines(changed(3, **{name: float(LOG[3][name])}))


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ([*LOG[:4], *LOG[5:]], f"Record 5 of {BLACK} is missing"),
        (LOG[1:], f"Record 1 of {BLACK} is missing"),
        ([*LOG, LOG[4]], f"Line 13 repeats record 5 of {BLACK}"),
        ([LOG[0] | {"sequence": "1"}], "or its sequence is not valid"),
        ([*LOG[:2], LOG[2] | {"quantity": 2, "hash": "0" * 64}], f"record 3 of {BLACK}"),
    ],
)
def test_the_error_names_the_first_broken_record(records: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(BrokenLog, match=message):
        verify_lines(lines(records))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "Line 13 is not a JSON object"),
        ("[]", "has no sku"),
        ('{"sku": 5}', "has no sku"),
        ('{"sku": "SKU-1"}', "not the id of a SKU"),
        ('{"sku": "x", "sku": "y"}', "an object has a member twice"),
        ('{"sku": "x", "quantity": NaN}', "NaN is not a JSON number"),
    ],
)
def test_the_error_names_a_line_that_is_not_a_record(line: str, message: str) -> None:
    with pytest.raises(BrokenLog, match=message):
        verify_lines([*lines(LOG), line])


def test_a_log_without_its_last_records_passes_unless_its_head_is_known() -> None:
    cut = lines(LOG[:9])
    assert verify_lines(cut, heads=[LOG[8]["hash"]])
    with pytest.raises(BrokenLog, match="No SKU's log ends with"):
        verify_lines(cut, heads=[LOG[11]["hash"]])


def test_a_part_of_a_log_is_accepted_on_request() -> None:
    [chain] = verify_lines(lines(LOG[4:]), parts=True)
    assert (chain.first_sequence, chain.last_sequence) == (5, 12)
    with pytest.raises(BrokenLog):
        verify_lines(lines([*LOG[4:6], *LOG[7:]]), parts=True)


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        ("".join(lines(LOG)), 0, "12 records of 1 SKUs are whole."),
        ("".join(changed(4, performed_by="VENDOR-2")), 1, "Line 5, record 5 of"),
        (None, 2, "cannot be read"),
    ],
)
def test_the_exit_code_is_that_of_the_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, code: int, message: str
) -> None:
    file = tmp_path / "log.jsonl"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    assert main([str(file)]) == code
    captured = capsys.readouterr()
    assert message in (captured.err if code else captured.out)


def test_a_log_that_somebody_wrote_anew_passes_unless_its_signatures_are_checked() -> None:
    forger = SigningKey("test-1", bytes(32))
    forged = a_log(BLACK, 12, forger)
    assert verify_lines(lines(forged))
    with pytest.raises(BrokenLog, match=r"record 1 of(?s:.*)signature is "):
        verify_lines(lines(forged), keys=LEDGER_KEYS)
    with pytest.raises(BrokenLog, match=r'record 1 of(?s:.*)key_id is "test-1", expected "a ledger key"'):
        verify_lines(lines(LOG), keys=PublicKeys())


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (json.dumps(LEDGER_KEYS.jwks()), 0, "12 records of 1 SKUs are whole, and signed by 1 ledger keys."),
        ('{"keys": []}', 1, 'expected "a ledger key"'),
        ("{", 2, "has no ledger keys"),
        ("[]", 2, "has no ledger keys: This is not a JSON Web Key Set"),
        (None, 2, "has no ledger keys"),
    ],
)
def test_signatures_are_checked_with_the_keys_of_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, code: int, message: str
) -> None:
    log, keys = tmp_path / "log.jsonl", tmp_path / "keys.json"
    log.write_text("".join(lines(LOG)), encoding="utf-8")
    if content is not None:
        keys.write_text(content, encoding="utf-8")
    assert main([str(log), "--keys", str(keys)]) == code
    captured = capsys.readouterr()
    assert message in (captured.err if code else captured.out)


def test_without_cryptography_signatures_are_not_checked_and_that_is_said(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['cryptography'] = None; from inventory_common.verify import main; "
        f"sys.exit(main([{str(tmp_path / 'log')!r}, '--keys', 'keys.json']))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "inventory-common[signatures]" in done.stderr


def an_order(*steps: tuple[str, str, int], sku: str = BLACK) -> list[dict[str, Any]]:
    """Return the log of a SKU of 20 units, with ``(type, command, quantity)`` of one order."""
    records = [a_record(sku, 1, "restock", "restock", 20, None)]
    for number, (transaction_type, command, quantity) in enumerate(steps, start=1):
        links: dict[str, Any] = {"order_step": number, "order_previous": number if number > 1 else None}
        records.append(a_record(sku, number + 1, transaction_type, command, quantity, records[-1], **links))
    return records


PLACED, CONFIRMED = ("order_placed", "place", 5), ("order_confirmed", "confirm", 3)


def test_an_order_is_the_sum_of_its_records() -> None:
    steps = [PLACED, CONFIRMED, ("order_cancelled", "cancel", 2), ("refund", "refund", 3)]
    assert verify_lines(lines(an_order(*steps)), keys=LEDGER_KEYS)
    assert verify_lines(lines(an_order(*steps)[2:]), parts=True)


@pytest.mark.parametrize(
    "steps",
    [
        [PLACED, CONFIRMED, ("refund", "refund", 4)],
        [PLACED, ("order_confirmed", "confirm", 6)],
        [PLACED, ("refund", "refund", 1)],
        [PLACED, ("order_cancelled", "release", 6)],
        [("order_cancelled", "cancel", 1)],
    ],
)
def test_an_order_settles_no_more_units_than_it_has(steps: list[tuple[str, str, int]]) -> None:
    # Another order reserves five units, so that the SKU's own rules hold.
    log = an_order(("order_placed", "place", 5))
    for number, (transaction_type, command, quantity) in enumerate(steps, start=1):
        links: dict[str, Any] = {"order_step": number}
        links["order_previous"] = number + 1 if number > 1 else None
        following = a_record(
            BLACK, number + 2, transaction_type, command, quantity, log[-1], order_id="ORDER-2", **links
        )
        log.append(following)
    with pytest.raises(BrokenLog, match=r"quantity is .*, expected .*at most what ORDER-2 has left"):
        verify_lines(lines(log))


@pytest.mark.parametrize(
    ("links", "message"),
    [
        ({"order_step": 3}, "order_step is 3, expected 2"),
        ({"order_previous": 1}, "order_previous is 1, expected 2"),
        ({"order_step": 1, "order_previous": None}, "order_step is 1, expected 2"),
    ],
)
def test_a_record_names_its_predecessor_of_the_order(links: dict[str, Any], message: str) -> None:
    placed = an_order(PLACED)
    confirmed = a_record(BLACK, 3, *CONFIRMED, placed[-1], **{"order_step": 2, "order_previous": 2} | links)
    with pytest.raises(BrokenLog, match=message):
        verify_lines(lines([*placed, confirmed]))


def test_an_order_that_was_undone_can_be_placed_again() -> None:
    undone = an_order(PLACED, ("order_cancelled", "release", 5))
    again = a_record(BLACK, 4, *PLACED, undone[-1], order_step=1)
    assert verify_lines(lines([*undone, again]))
    twice = a_record(BLACK, 5, *PLACED, again, order_step=1)
    with pytest.raises(BrokenLog, match="order_step is 1, expected 2"):
        verify_lines(lines([*undone, again, twice]))


def test_the_verifier_needs_the_standard_library_and_rfc8785_alone() -> None:
    program = (
        "import sys; before = set(sys.modules); import inventory_common.verify; "
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}"
        " - sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["inventory_common", "rfc8785"]


def test_the_verifier_reads_standard_input() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "inventory_common.verify", "-"],
        input="".join(lines(LOG)),
        capture_output=True,
        encoding="utf-8",
        env={"PYTHONUTF8": "1"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert LOG[-1]["hash"] in done.stdout
