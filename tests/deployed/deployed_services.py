"""What the first deploys have printed, and where the services are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.deployed.cloud import Done

SERVICES: Final = ("catalog", "stock", "audit")
CONFLICTING_LOG_GROUP: Final = "/aws/lambda/inventory-dev-audit-api"
"""A log group that exists when Terraform is to create it, so that the first apply of audit fails."""


@dataclass(frozen=True)
class Deployed:
    """The results of the first deploys.

    Attributes
    ----------
    too_early
        A deploy to a stage whose platform does not exist.
    failing
        A deploy whose apply fails.
    done
        The later deploys, by service.
    urls
        The addresses of the services.
    """

    too_early: Done
    failing: Done
    done: dict[str, Done]
    urls: dict[str, str]
