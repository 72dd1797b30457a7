"""``python -m local.console.npm run check``: npm on the console's sources, with the Node.js of its build."""

from __future__ import annotations

import os
import sys

from local.console.build import Builder, failure_sentence
from local.console.sources import BUILDS, CONSOLE, PYTHON_VARIABLE
from local.errors import StackError


def main() -> int:
    """Become npm, with the arguments of the command line; return 1 if there is no Node.js for it."""
    try:
        node = Builder(CONSOLE, BUILDS, os.environ).node()
        os.chdir(CONSOLE)
    except (StackError, OSError) as error:
        print(failure_sentence(error), file=sys.stderr)
        return 1
    program, *arguments = node.npm
    os.execve(
        program,
        [program, *arguments, *sys.argv[1:]],
        {**os.environ, "PATH": node.path, PYTHON_VARIABLE: sys.executable},
    )


if __name__ == "__main__":
    sys.exit(main())
