"""A command of the build, which leaves no process behind, and why it failed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from local.errors import StackError

TAIL_LINES: Final = 100
REASON_CHARACTERS: Final = 200

NO_SPACE: Final = re.compile(r"ENOSPC|No space left on device", re.IGNORECASE)
NO_ANSWER: Final = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT"
    r"|ENOTCACHED|E5\d\d|CERT_|SELF_SIGNED|(Connection|Proxy|SSL|Timeout)Error|Max retries|timed out"
    r"|No matching distribution|from versions: none"
)
"""What npm and pip write if nobody answers, or with something other than packages."""


def run(command: Sequence[str], folder: Path, environ: Mapping[str, str], silence: str | None = None) -> None:
    """Run a command to its end, and print its output; whatever it has started ends with it.

    Parameters
    ----------
    command : Sequence[str]
        The program and its arguments.
    folder : Path
        Where it runs.
    environ : Mapping[str, str]
        Its whole environment.
    silence : str, optional
        What is wrong if the server that it asks does not answer; None if it asks none.

    Raises
    ------
    StackError
        If it fails; the message says why in a few words.
    OSError
        If it cannot be started.
    """
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        process_group=0,
    )
    assert process.stdout is not None
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    try:
        with process.stdout:
            for line in process.stdout:
                with suppress(OSError):  # the disk of the log is full as well
                    print(line, end="", flush=True)
                if NO_SPACE.search(line):
                    # npm only warns, goes on for minutes, and ends as if all were well.
                    raise StackError("there is no space left on the disk")
                tail.append(line)
        exit_code = process.wait()
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if exit_code != 0:
        raise StackError(_reason("".join(tail), silence) or f"{command[0]} ended with exit code {exit_code}")


def _reason(output: str, silence: str | None) -> str:
    """Return in a few words why a command failed: a known reason, or the first line that names an error."""
    if silence is not None and NO_ANSWER.search(output):
        return silence
    lines = [line.strip() for line in re.sub(r"\x1b\[[0-9;]*m", "", output).splitlines() if line.strip()]
    named = [line for line in lines if re.search(r"error", line, re.IGNORECASE)]
    return (named or lines[-1:] or [""])[0][:REASON_CHARACTERS]
