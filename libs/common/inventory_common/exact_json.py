"""JSON that preserves numbers: integers stay integers, and decimals never pass through a binary float."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any

import simplejson

from .errors import InvalidJson

__all__ = ["dumps", "loads"]


def dumps(document: Any, *, sort_keys: bool = False) -> str:
    """Write compact JSON; a Decimal becomes a JSON number of the same digits."""
    text: str = simplejson.dumps(
        document, use_decimal=True, ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys
    )
    return text


def loads(body: bytes) -> Any:
    """Read a JSON text; a number with a fraction or exponent becomes a Decimal.

    Raises
    ------
    InvalidJson
        If it is not UTF-8, not JSON, contains NaN or Infinity (which RFC 8259 does not have), has a member
        twice, is nested deeper than the parser allows, or contains an integer of thousands of digits.
    """
    try:
        return json.loads(
            body.decode("utf-8"),
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except RecursionError as error:
        raise InvalidJson("The body is nested too deeply.") from error
    except UnicodeDecodeError as error:
        raise InvalidJson("The body is not UTF-8.") from error
    except InvalidOperation as error:
        raise InvalidJson("The body contains a number whose exponent is too large.") from error
    except ValueError as error:
        raise InvalidJson(f"The body is not JSON: {_reason(error)}.") from error


def _reason(error: ValueError) -> str:
    # Python's message for an integer of more than 4,300 digits recommends a change of its settings.
    return "an integer is too long" if "set_int_max_str_digits" in str(error) else str(error)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("an object has a member twice")
    return members
