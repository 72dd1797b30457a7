"""``python -m inventory_common.verify FILE``: check an exported log without any service, AWS or network.

It needs Python's standard library and rfc8785.  docs/log-export.md describes the format, so that anybody can
write such a program of their own.

Exit code: 0 if the log is whole, 1 if not (the first broken record is told), 2 if the file cannot be read.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .ids import is_id
from .ledger import EMPTY_LOG, ChainHead, Difference, check_record

__all__ = ["BrokenLog", "Chain", "main", "verify_lines"]

_WHOLE, _BROKEN, _UNREADABLE = 0, 1, 2
_SHOWN_MAX_CHARACTERS: Final = 200
"""What the offline verifier shows of a broken value."""


class BrokenLog(Exception):
    """The log is not whole; the message tells the first broken record."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A SKU's log as it was found to be whole: its records, and the hash of the last."""

    sku: str
    first_sequence: int
    last_sequence: int
    head_hash: str


def verify_lines(lines: Iterable[str], *, parts: bool = False, heads: Sequence[str] = ()) -> list[Chain]:
    """Check a log, one record as a JSON object a line, of one SKU or of many, in whatever order.

    Parameters
    ----------
    lines
        All of them are kept in memory, about 2 KB a record.
    parts
        Whether a SKU's records may begin later than with the first.
    heads
        Hashes that have to be the last of a SKU's: what a verification or a digest told, so that a log whose
        end was cut off does not pass.

    Raises
    ------
    BrokenLog
    """
    records: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip():
            document = _read(line, number)
            records.setdefault(document["sku"], []).append((number, document))
    chains = [_chain(sku, found, parts) for sku, found in records.items()]
    ends = {chain.head_hash for chain in chains}
    for head in heads:
        if head not in ends:
            raise BrokenLog(f"No SKU's log ends with {head}.")
    return chains


def _read(line: str, number: int) -> dict[str, Any]:
    try:
        document = json.loads(line, object_pairs_hook=_members, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BrokenLog(f"Line {number} is no JSON object: {error}.") from error
    if not isinstance(document, dict) or not isinstance(document.get("sku"), str):
        raise BrokenLog(f"Line {number} is no record: it names no SKU.")
    if not is_id("sku", document["sku"]):
        raise BrokenLog(f"Line {number} is no record: {_shown(document['sku'])} is no SKU's id.")
    return document


def _chain(sku: str, found: list[tuple[int, dict[str, Any]]], parts: bool) -> Chain:
    found.sort(key=_sequence)
    first = _sequence(found[0])
    if parts and first > 1:
        before: ChainHead | None = None
        due = first
    else:
        before, due = EMPTY_LOG, 1
    for number, document in found:
        if _sequence((number, document)) > due:
            raise BrokenLog(f"Record {due} of {sku} is missing (before line {number}).")
        if _sequence((number, document)) < due:
            shown = _shown(document.get("sequence"))
            raise BrokenLog(f"Line {number} is a second record {shown} of {sku}, or none.")
        differences = check_record(document, sku, due, before)
        if differences:
            raise BrokenLog(_report(number, sku, due, differences))
        before = ChainHead.after(document)
        due += 1
    assert before is not None, "a record without a difference leaves a link"
    return Chain(sku, first, due - 1, before.hash)


def _sequence(numbered: tuple[int, dict[str, Any]]) -> int:
    sequence = numbered[1].get("sequence")
    return sequence if type(sequence) is int else 0


def _report(number: int, sku: str, sequence: int, differences: Sequence[Difference]) -> str:
    first = f"Line {number}, record {sequence} of {sku} ({differences[0].transaction_id}) is broken:"
    return "\n".join([first, *(f"  {_sentence(difference)}" for difference in differences)])


def _sentence(difference: Difference) -> str:
    if difference.kind == "attributes":
        return f"attributes missing or too many: {_shown(difference.found)}"
    return f"{difference.kind} is {_shown(difference.found)}, expected {_shown(difference.expected)}"


def _shown(value: Any) -> str:
    return json.dumps(value, default=repr)[:_SHOWN_MAX_CHARACTERS]


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        # Readers differ in which of the two they take.
        raise ValueError("a member is named twice")
    return document


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _lines_of(path: str) -> Iterator[str]:
    if path == "-":
        yield from sys.stdin
        return
    with open(path, encoding="utf-8", newline="\n") as file:
        yield from file


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the file that the command line names, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m inventory_common.verify", description="Check an exported log (JSON Lines)."
    )
    parser.add_argument("file", help="the log, or - for standard input")
    parser.add_argument(
        "--part", action="store_true", help="a SKU's records may begin later than with the first"
    )
    parser.add_argument("--head", action="append", default=[], help="a hash that a SKU's log has to end with")
    given = parser.parse_args(arguments)
    try:
        chains = verify_lines(_lines_of(given.file), parts=given.part, heads=given.head)
    except BrokenLog as broken:
        print(broken, file=sys.stderr)
        return _BROKEN
    except (OSError, UnicodeDecodeError) as error:
        print(f"{given.file} cannot be read: {error}", file=sys.stderr)
        return _UNREADABLE
    for chain in chains:
        print(f"{chain.sku}  records {chain.first_sequence} to {chain.last_sequence}  head {chain.head_hash}")
    count = sum(chain.last_sequence - chain.first_sequence + 1 for chain in chains)
    print(f"{count} records of {len(chains)} SKUs are whole.")
    return _WHOLE


if __name__ == "__main__":
    sys.exit(main())
