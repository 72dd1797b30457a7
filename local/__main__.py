"""``python -m local``: run the whole system on this machine until Ctrl-C."""

import signal
import sys

OLDEST_PYTHON = (3, 11)


def main() -> None:
    """Run the stack, or exit with a message that says why it cannot run."""
    # Before any other import: the rest of the package does not even parse on an older Python.
    if sys.version_info[:2] < OLDEST_PYTHON:
        needed, found = ".".join(map(str, OLDEST_PYTHON)), sys.version.split()[0]
        sys.exit(f"Python {needed} or newer is needed; this is {found}.")
    # Nothing has been started yet; the supervisor installs its own handlers later.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))

    from local.stack import main as run_stack

    sys.exit(run_stack())


if __name__ == "__main__":
    main()
