"""``python -m tests.local.small_loader FOLDER``: a loader that does what files in a folder say.

It notes its process id, prints ``lines``, and ends with the exit code in ``end`` once that file is there.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path


def main() -> int:
    folder = Path(sys.argv[1])
    (folder / f"ran-{os.getpid()}").touch()
    print((folder / "lines").read_text(), flush=True)
    while not (folder / "end").exists():
        time.sleep(0.02)
    return int((folder / "end").read_text())


if __name__ == "__main__":
    sys.exit(main())
