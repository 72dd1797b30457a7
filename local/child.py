"""``python -m local.child MODULE …``: run a module so that it never outlives the stack.

The stack holds the other end of this process's standard input. When the stack ends, even by SIGKILL,
the kernel closes that end; this process reads end-of-file and ends too.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

from local.interruption import exit_on_signals

GRACE_SECONDS = 3.0


def main() -> None:
    """Run the module named by the first argument as ``python -m`` would, tied to stdin."""
    exit_on_signals()
    threading.Thread(target=_end_with_stdin, name="end-with-stdin", daemon=True).start()
    module = sys.argv[1]
    # run_module sets argv[0]; the module's own arguments follow it.
    del sys.argv[1]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with_stdin() -> None:
    while os.read(0, 1024):
        pass
    # To the main thread: a signal to the process may be delivered to this thread, and the main thread would
    # stay in its select() until that times out.
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
