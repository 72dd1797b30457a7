"""What the console's verification of a log shares with the command line's.

``python -m tests.console_units.verification_cases`` writes two files of
``console/src/features/verify/generated``: the rules as data, and logs with what `inventory_common.ledger`
says of each of their records.  A test compares them with what this module makes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from inventory_common.attributes import attributes_of, form_of, is_optional
from inventory_common.ids import SKU_ID, transaction_id
from inventory_common.ledger import EMPTY_LOG, RECORD_ATTRIBUTES, ChainHead, Difference, check_record
from inventory_common.ledger_keys import PublicKeys, SigningKey
from inventory_common.limits import STOCK_MAX
from inventory_common.order_fold import FOLD, OrderLines
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.timestamps import plus_seconds
from inventory_common.transactions import FORM, RULES, UNHASHED, TransactionRecord, TransactionType
from inventory_common.verify import BrokenLog, verify_lines
from local.console.sources import CONSOLE
from tests.support.fixed_ledger_key import CREATED_AT, LEDGER_KEY, LEDGER_KEYS, fixed_key

__all__ = ["CASES", "FOLDER", "files"]

FOLDER: Final = CONSOLE / "src" / "features" / "verify" / "generated"
SKU, OTHER_SKU = "SKU-PROD-E4F9A-BLK-L", "SKU-PROD-E4F9A-WHT-L"
BEGIN: Final = "2026-02-23T10:30:00.000000Z"
RETIRED_AT: Final = plus_seconds(BEGIN, 3)
OLD_KEY, FORGER = fixed_key("old-1"), fixed_key("forger-1")
KEYS: Final = PublicKeys([*LEDGER_KEYS.values(), OLD_KEY.public_key(CREATED_AT).retired(RETIRED_AT)])

Document = dict[str, Any]
Log = list[Document]


def rules() -> Document:
    """Return the rules of records that are data: the page has the code that applies them, and no number."""
    attributes = attributes_of(TransactionRecord).items()
    return {
        "form": FORM,
        "attributes": list(RECORD_ATTRIBUTES),
        "integers": [name for name, each in attributes if form_of(each).get("type") == "integer"],
        "optional": [name for name, each in attributes if is_optional(each)],
        "unhashed": sorted(UNHASHED),
        "first_previous_hash": FIRST_PREVIOUS_HASH,
        "ledger_namespace": str(uuid5(NAMESPACE_URL, "urn:inventory:ledger")),
        "sku": SKU_ID,
        "stock_max": STOCK_MAX,
        "types": {
            str(name): {
                "current_stock": type_rules.effect.current_stock,
                "reserved_stock": type_rules.effect.reserved_stock,
                "commands": [str(command) for command in type_rules.commands],
                "is_signed": type_rules.is_signed,
                "is_order": type_rules.is_order,
                "may_skip_stock": type_rules.may_skip_stock,
            }
            for name, type_rules in RULES.items()
        },
        "fold": {f"{kind} {command}": list(units) for (kind, command), units in FOLD.items()},
    }


def a_record(
    before: Document | None,
    kind: str,
    command: str,
    quantity: int,
    *,
    signer: SigningKey = LEDGER_KEY,
    changed: Document | None = None,
) -> Document:
    """Return a record that continues another one, or the empty log."""
    type_rules = RULES[TransactionType(kind)]
    stock, reserved, sequence = (
        (before["stock_after"], before["reserved_after"], before["sequence"] + 1) if before else (0, 0, 1)
    )
    attributes: Document = {
        "transaction_id": transaction_id(SKU, sequence),
        "timestamp": plus_seconds(BEGIN, sequence),
        "product_id": "PROD-E4F9A",
        "sku": SKU,
        "vendor_id": "VENDOR-001",
        "transaction_type": kind,
        "quantity_change": type_rules.effect.current_stock * quantity,
        "stock_before": stock,
        "stock_after": stock + type_rules.effect.current_stock * quantity,
        "order_id": "ORDER-1" if type_rules.is_order else None,
        "performed_by": "vendor:VENDOR-001",
        "notes": (None, "L'été 🎧 \u2028", 'tab\t "quoted" \\ \x7f \x1f')[sequence % 3],
        "sequence": sequence,
        "quantity": abs(quantity),
        "reserved_before": reserved,
        "reserved_after": reserved + type_rules.effect.reserved_stock * quantity,
        "request_id": f"request-{sequence}",
        "command": command,
        "previous_hash": before["hash"] if before else FIRST_PREVIOUS_HASH,
    }
    return TransactionRecord.signed_by(signer, **attributes | (changed or {})).document()


STEPS: Final = (
    ("restock", "restock", 20),
    ("manual_adjustment", "adjust", -2),
    ("order_placed", "place", 5),
    ("order_confirmed", "confirm", 3),
    ("order_cancelled", "cancel", 2),
    ("refund", "refund", 1),
    ("restock", "restock", 4),
    ("manual_adjustment", "adjust", 0),
)


def a_log(steps: Sequence[tuple[str, str, int]] = STEPS, signer: SigningKey = LEDGER_KEY) -> Log:
    """Return a log in which one order goes through its whole life."""
    log: Log = []
    step, previous = 0, None
    for kind, command, quantity in steps:
        links: Document = {}
        if RULES[TransactionType(kind)].is_order:
            step += 1
            links = {"order_step": step, "order_previous": previous}
        log.append(a_record(log[-1] if log else None, kind, command, quantity, signer=signer, changed=links))
        if links:
            previous = log[-1]["sequence"]
    return log


LOG: Final = a_log()


def lines(log: Iterable[Document]) -> list[str]:
    """Return records as the service serves them, one a line."""
    return [json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in log]


def with_change(at: int, **changed: Any) -> list[str]:
    """Return the log with one record changed behind the service; its hash stays."""
    return lines([*LOG[: at - 1], LOG[at - 1] | changed, *LOG[at:]])


def continued(at: int, **changed: Any) -> list[str]:
    """Return the log up to a record that the service itself has written and signed with a wrong attribute."""
    before = LOG[at - 2]
    kind, command, quantity = STEPS[at - 1]
    links = {name: LOG[at - 1][name] for name in ("order_step", "order_previous")}
    return lines([*LOG[: at - 1], a_record(before, kind, command, quantity, changed=links | changed)])


def _swapped_numbers() -> list[str]:
    third, fourth = LOG[2], LOG[3]
    return lines([*LOG[:2], fourth | {"sequence": 3}, third | {"sequence": 4}, *LOG[4:]])


def _with_text(at: int, old: str, new: str) -> list[str]:
    texts = lines(LOG)
    assert texts[at - 1].count(old) == 1, (old, texts[at - 1])
    return [*texts[: at - 1], texts[at - 1].replace(old, new), *texts[at:]]


def _without(at: int, name: str) -> list[str]:
    record = {key: member for key, member in LOG[at - 1].items() if key != name}
    return lines([*LOG[: at - 1], record, *LOG[at:]])


CASES: Final[dict[str, list[str]]] = {
    "whole": lines(LOG),
    "whole, in another order": lines(reversed(LOG)),
    "empty": [],
    "changed value": with_change(4, performed_by="vendor:VENDOR-002"),
    "changed stock": with_change(1, stock_after=21),
    "changed quantity of an order": with_change(4, quantity=4),
    "changed time": with_change(5, timestamp=LOG[3]["timestamp"]),
    "time that is none": with_change(5, timestamp="2026-02-30T10:30:05.000000Z"),
    "changed vendor": with_change(7, vendor_id="VENDOR-002"),
    "of another SKU": with_change(6, sku=OTHER_SKU, product_id="PROD-E4F9B"),
    "dropped record": lines([*LOG[:4], *LOG[5:]]),
    "dropped first record": lines(LOG[1:]),
    "dropped records": lines([*LOG[:1], *LOG[4:]]),
    "repeated record": lines([*LOG[:5], LOG[2], *LOG[5:]]),
    "swapped numbers": _swapped_numbers(),
    "wrong signature": with_change(6, signature=LOG[5 - 1]["signature"]),
    "signature that is none": with_change(6, signature="not/one="),
    "unknown key": with_change(3, key_id="nobody"),
    "signed by a forger": lines(a_log(signer=FORGER)),
    "signed by a forger under a known id": lines(a_log(signer=SigningKey("test-1", bytes(32)))),
    "signed by a retired key": lines(a_log(signer=OLD_KEY)),
    "hash that is none": with_change(2, hash="none"),
    "hash of something else": with_change(2, hash="0" * 64),
    "previous hash": with_change(8, previous_hash=LOG[5]["hash"]),
    "unknown form": with_change(7, form=2),
    "unknown type": continued(7, transaction_type="gift"),
    "unknown command": continued(7, command="place"),
    "signed with a wrong sum": continued(7, stock_after=25),
    "signed below zero": continued(2, quantity=30, quantity_change=-30, stock_after=-10),
    "signed with a wrong id": continued(7, transaction_id=transaction_id(SKU, 8)),
    "signed with a wrong step": continued(5, order_step=2),
    "signed with a wrong predecessor": continued(5, order_previous=3),
    "signed with too many units of an order": continued(6, quantity=4, quantity_change=4, stock_after=19),
    "signed without an order": continued(6, order_id=None),
    "signed with a reason where none belongs": continued(7, reason="damaged"),
    "missing member": _without(6, "notes"),
    "unknown member": with_change(6, approved=True),
    "member of another type": with_change(6, quantity="1"),
    "integer with a fraction": _with_text(6, '"quantity":1,', '"quantity":1.0,'),
    "integer beyond 2 ** 53": _with_text(6, '"quantity":1,', '"quantity":9007199254740993,'),
    "other space and escapes": _with_text(6, '"quantity":1,', '  "quantity"\t:\u0020 1 , '),
    "lone surrogate": _with_text(6, '"ORDER-1"', '"ORDER-\\ud800"'),
    "member twice": _with_text(6, '"quantity":1,', '"quantity":1,"quantity":1,'),
    "no JSON": [*lines(LOG), "{"],
    "no number": _with_text(6, '"quantity":1,', '"quantity":NaN,'),
    "no record": [*lines(LOG), "[]"],
    "sequence that is none": with_change(8, sequence="8"),
    "leading zero": _with_text(6, '"quantity":1,', '"quantity":01,'),
}


@dataclass
class Row:
    """What is said of a record, or of some that are missing: a row of the page."""

    sequence: int
    """The record's place; the first of those that are missing; 0 where there is none."""
    last: int
    line: int | None
    differences: list[Difference]

    def document(self) -> Document:
        """Return the row as the page's tests read it; values are JSON texts."""
        shown = [[each.kind, _text(each.expected), _text(each.found)] for each in self.differences]
        return {"sequence": self.sequence, "last": self.last, "line": self.line, "differences": shown}


def walk(texts: Sequence[str], keys: PublicKeys | None = KEYS) -> list[Row]:
    """Check every record, also after one that is broken, as the audit service's verification does."""
    rows: list[Row] = []
    readable: list[tuple[int, Document]] = []
    for number, text in enumerate(texts, start=1):
        try:
            verify_lines([text], parts=True)
        except BrokenLog as error:
            if " is not a " in str(error):
                rows.append(_unreadable(number, text))
                continue
        readable.append((number, json.loads(text)))
    readable.sort(key=lambda each: _sequence(each[1]))
    before: ChainHead | None = EMPTY_LOG
    orders: OrderLines | None = OrderLines()
    expected = 1
    for number, document in readable:
        sequence = _sequence(document)
        if sequence < expected:
            found = Difference(None, "unexpected_record", None, document.get("sequence"))
            rows.append(Row(0, 0, number, [found]))
            continue
        if sequence > expected:
            rows.append(Row(expected, sequence - 1, None, [Difference(None, "missing_record", None, None)]))
            before, orders, expected = None, None, sequence
        differences = check_record(document, SKU, expected, before, keys)
        of_order = [] if orders is None else orders.add(document)
        differences += [] if differences else [Difference(None, *each) for each in of_order]
        rows.append(Row(expected, expected, number, differences))
        before = ChainHead.after(document)
        expected += 1
    return rows


def _sequence(document: Document) -> int:
    sequence = document.get("sequence")
    return sequence if type(sequence) is int else 0


def _unreadable(number: int, text: str) -> Row:
    expected = "a record as the stock service writes it"
    return Row(0, 0, number, [Difference(None, "unreadable_record", expected, text)])


def _text(member: Any) -> str:
    return json.dumps(member, ensure_ascii=False, separators=(",", ":"))


def cases() -> Document:
    """Return the logs, each with what is said of its records; `broken` is the command line's verdict."""
    pool: list[str] = []
    found = []
    for name, texts in CASES.items():
        pool += [text for text in dict.fromkeys(texts) if text not in pool]
        broken = None
        try:
            verify_lines(texts, keys=KEYS)
        except BrokenLog as error:
            broken = str(error).split(":")[0]
        rows = walk(texts)
        assert (broken is None) == (not any(row.differences for row in rows)), (name, broken)
        found.append(
            {
                "name": name,
                "lines": [pool.index(text) for text in texts],
                "broken": broken,
                "rows": [row.document() for row in rows],
                "without_keys": [row.document() for row in walk(texts, None)],
            }
        )
    return {"sku": SKU, "keys": KEYS.jwks(), "lines": pool, "cases": found}


def files() -> dict[str, str]:
    """Return the texts of both files, by their names."""
    return {
        "rules.json": json.dumps(rules(), indent=2) + "\n",
        "cases.json": json.dumps(cases(), indent=1, ensure_ascii=True) + "\n",
    }


def main() -> None:
    """Write both files."""
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
