"""``python -m local.operation reconcile``: an operation of the audit service on the running stack.

It executes ``python -m chalicelib.operations`` in the service's folder, with the service's environment.
"""

from __future__ import annotations

import os
import sys

from local.environment import service_environment
from local.errors import StackError
from local.settings import SERVICES_FOLDER, Settings


def main() -> None:
    """Run the operation that the command line names, in place of this process."""
    try:
        settings = Settings.from_environment(os.environ)
    except StackError as error:
        sys.exit(str(error))
    os.chdir(SERVICES_FOLDER / "audit")
    arguments = [sys.executable, "-m", "chalicelib.operations", *sys.argv[1:]]
    os.execve(sys.executable, arguments, service_environment(settings, os.environ))  # noqa: S606


if __name__ == "__main__":
    main()
