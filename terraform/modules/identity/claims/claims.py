"""Adds the vendor's id to the tokens of its machine clients.

Cognito calls this before it signs a token (pre-token trigger, version 3).  A vendor's machine client is
allowed the scope ``vendors/<vendor_id>`` of this vendor only; the scope becomes the claim ``vendor_id``,
which the services read.  Tokens of people have ``custom:vendor_id``, which no user can write, and are not
changed.
"""

from typing import Any

_SCOPE_PREFIX = "vendors/"


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Return Cognito's event with the claim to add, none for a token without exactly one vendor."""
    if event["triggerSource"] != "TokenGeneration_ClientCredentials":
        return event
    scopes = event["request"].get("scopes") or []
    vendors = [scope.removeprefix(_SCOPE_PREFIX) for scope in scopes if scope.startswith(_SCOPE_PREFIX)]
    if len(vendors) == 1:
        added = {"claimsToAddOrOverride": {"vendor_id": vendors[0]}}
        event["response"] = {"claimsAndScopeOverrideDetails": {"accessTokenGeneration": added}}
    return event
