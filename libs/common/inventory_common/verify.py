"""``python -m inventory_common.verify FILE``: verify an exported log without a service, AWS or a network.

It needs Python's standard library and rfc8785; to check signatures as well, with ``--keys``, also
cryptography (the extra ``signatures``).  docs/log-export.md describes the format, so that anyone can write a
verifier of their own.

Exit code: 0 if the log is whole, 1 if it is not (the first broken record is printed), 2 if a file cannot be
read, or signatures cannot be checked here.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .ids import is_id
from .ledger import EMPTY_LOG, ChainHead, Difference, check_record
from .ledger_keys import PublicKeys, SignaturesNotInstalled, check_signatures_installed
from .order_fold import OrderLines

__all__ = ["BrokenLog", "Chain", "main", "verify_lines"]

_WHOLE, _BROKEN, _UNREADABLE = 0, 1, 2
_SHOWN_MAX_CHARACTERS: Final = 200
"""The part of a broken value that is printed."""


class BrokenLog(Exception):
    """The log is not whole; the message describes the first broken record."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The log of a SKU that was found to be whole: its first and last records, and the hash of the last."""

    sku: str
    first_sequence: int
    last_sequence: int
    head_hash: str


def verify_lines(
    lines: Iterable[str],
    *,
    parts: bool = False,
    heads: Sequence[str] = (),
    keys: PublicKeys | None = None,
) -> list[Chain]:
    """Verify the log of one or more SKUs, and return their chains.

    Parameters
    ----------
    lines
        One record a line, as a JSON object, in any order; all are kept in memory, about 2 KB each.
    parts
        Whether a SKU's records may begin after the first one.
    heads
        Hashes, taken from a verification or a digest, that some SKU's log has to end with: without them, a
        log whose end is missing passes.
    keys
        The ledger keys: each record has to be signed by one of them.  Without them signatures are not
        checked, and a log that somebody has written anew passes.

    Raises
    ------
    BrokenLog
    """
    records: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip():
            document = _read(line, number)
            records.setdefault(document["sku"], []).append((number, document))
    chains = [_chain(sku, numbered, parts, keys) for sku, numbered in records.items()]
    ends = {chain.head_hash for chain in chains}
    for head in heads:
        if head not in ends:
            raise BrokenLog(f"No SKU's log ends with {head}.")
    return chains


def _read(line: str, number: int) -> dict[str, Any]:
    try:
        document = json.loads(line, object_pairs_hook=_members, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BrokenLog(f"Line {number} is not a JSON object: {error}.") from error
    if not isinstance(document, dict) or not isinstance(document.get("sku"), str):
        raise BrokenLog(f"Line {number} is not a record: it has no sku.")
    if not is_id("sku", document["sku"]):
        raise BrokenLog(f"Line {number} is not a record: {_shown(document['sku'])} is not the id of a SKU.")
    return document


def _chain(
    sku: str, numbered: list[tuple[int, dict[str, Any]]], parts: bool, keys: PublicKeys | None
) -> Chain:
    numbered.sort(key=_sequence)
    first = _sequence(numbered[0])
    if parts and first > 1:
        before: ChainHead | None = None
        expected = first
    else:
        before, expected = EMPTY_LOG, 1
    orders = OrderLines(is_from_the_start=expected == 1)
    for number, document in numbered:
        if _sequence((number, document)) > expected:
            raise BrokenLog(f"Record {expected} of {sku} is missing (before line {number}).")
        if _sequence((number, document)) < expected:
            shown = _shown(document.get("sequence"))
            raise BrokenLog(f"Line {number} repeats record {shown} of {sku}, or its sequence is not valid.")
        differences = check_record(document, sku, expected, before, keys)
        differences += [
            Difference(document["transaction_id"], *each)
            for each in ([] if differences else orders.add(document))
        ]
        if differences:
            raise BrokenLog(_report(number, sku, expected, differences))
        before = ChainHead.after(document)
        expected += 1
    assert before is not None, "a record without a difference has a chain head"
    return Chain(sku, first, expected - 1, before.hash)


def _sequence(line: tuple[int, dict[str, Any]]) -> int:
    sequence = line[1].get("sequence")
    return sequence if type(sequence) is int else 0


def _report(number: int, sku: str, sequence: int, differences: Sequence[Difference]) -> str:
    first = f"Line {number}, record {sequence} of {sku} ({differences[0].transaction_id}) is broken:"
    return "\n".join([first, *(f"  {_sentence(difference)}" for difference in differences)])


def _sentence(difference: Difference) -> str:
    if difference.kind == "attributes":
        return f"attributes missing or unexpected: {_shown(difference.found)}"
    return f"{difference.kind} is {_shown(difference.found)}, expected {_shown(difference.expected)}"


def _shown(value: Any) -> str:
    return json.dumps(value, default=repr)[:_SHOWN_MAX_CHARACTERS]


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        # JSON parsers differ in which of the two values they keep.
        raise ValueError("an object has a member twice")
    return document


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _lines_of(path: str) -> Iterator[str]:
    if path == "-":
        yield from sys.stdin
        return
    with open(path, encoding="utf-8", newline="\n") as file:
        yield from file


def _keys_of(path: str) -> PublicKeys:
    with open(path, encoding="utf-8") as file:
        return PublicKeys.from_jwks(json.load(file))


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify the file that the command line names, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m inventory_common.verify", description="Verify an exported log (JSON Lines)."
    )
    parser.add_argument("file", help="the log, or - for standard input")
    parser.add_argument(
        "--part", action="store_true", help="accept logs that begin after a SKU's first record"
    )
    parser.add_argument(
        "--keys", metavar="FILE", help="check signatures with the ledger keys in this file (GET /ledger-keys)"
    )
    parser.add_argument("--head", action="append", default=[], help="require that a log ends with this hash")
    options = parser.parse_args(arguments)
    keys = None
    if options.keys is not None:
        try:
            check_signatures_installed()
            keys = _keys_of(options.keys)
        except SignaturesNotInstalled as missing:
            print(missing, file=sys.stderr)
            return _UNREADABLE
        except (OSError, ValueError) as error:  # also LedgerKeyError
            print(f"{options.keys} has no ledger keys: {error}", file=sys.stderr)
            return _UNREADABLE
    try:
        chains = verify_lines(_lines_of(options.file), parts=options.part, heads=options.head, keys=keys)
    except BrokenLog as broken:
        print(broken, file=sys.stderr)
        return _BROKEN
    except (OSError, UnicodeDecodeError) as error:
        print(f"{options.file} cannot be read: {error}", file=sys.stderr)
        return _UNREADABLE
    for chain in chains:
        print(f"{chain.sku}  records {chain.first_sequence} to {chain.last_sequence}  head {chain.head_hash}")
    count = sum(chain.last_sequence - chain.first_sequence + 1 for chain in chains)
    proven = "" if keys is None else f", and signed by {len(keys)} ledger keys"
    print(f"{count} records of {len(chains)} SKUs are whole{proven}.")
    return _WHOLE


if __name__ == "__main__":
    sys.exit(main())
