"""``python -m local.operation reconcile``: an operation of the audit service on the running stack.

It executes ``python -m chalicelib.operations`` in the service's folder, with the service's environment, if
something listens where DynamoDB should be.  Exit code: as that module's; 4 without a running stack.
"""

from __future__ import annotations

import os
import sys

from local.environment import service_environment
from local.errors import StackError
from local.ports import is_listening
from local.settings import SERVICES_FOLDER, Settings

EXIT_UNAVAILABLE = 4
"""As in ``services/audit/chalicelib/operations.py``."""


def main() -> None:
    """Run the operation that the command line names, in place of this process."""
    try:
        settings = Settings.from_environment(os.environ)
    except StackError as error:
        sys.exit(str(error))
    if not is_listening(settings.dynamodb_endpoint):
        print(_absent(settings), file=sys.stderr)
        sys.exit(EXIT_UNAVAILABLE)
    os.chdir(SERVICES_FOLDER / "audit")
    # A kept shop has no digest of a day on which it did not run.
    allowed = ["--allow-missing-days"] if settings.dynamodb_is_on_this_machine else []
    arguments = [sys.executable, "-m", "chalicelib.operations", *sys.argv[1:], *allowed]
    os.execve(sys.executable, arguments, service_environment(settings, os.environ))


def _absent(settings: Settings) -> str:
    endpoint = settings.dynamodb_endpoint
    if settings.external_dynamodb is not None:
        return f"No DynamoDB answers at {endpoint}, the DYNAMODB_ENDPOINT."
    return f"No local stack runs here: its DynamoDB does not answer at {endpoint}; start it with `make run`."


if __name__ == "__main__":
    main()
