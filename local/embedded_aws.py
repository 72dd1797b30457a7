"""The embedded AWS: ministack, in memory, on a loopback port."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from local.aws import HEALTH_PATH, SNAPSHOT_VARIABLE
from local.children import POLL_SECONDS, Child, stop_children
from local.environment import embedded_aws_environment
from local.errors import StackError
from local.fetch import answers_ok
from local.ports import free_port
from local.settings import AWS_SERVICES, HOST

START_SECONDS = 60.0


def start_embedded_aws(
    port: int,
    folder: Path,
    log_path: Path,
    environ: Mapping[str, str] = os.environ,
    services: Iterable[str] | None = AWS_SERVICES,
    *,
    has_channel: bool = False,
    snapshot: Path | None = None,
) -> Child:
    """Start ministack and return at once; `health_url` returns 200 when it is ready.

    Parameters
    ----------
    port : int
        Where it listens.
    folder : Path
        For its files.
    log_path : Path
        Where its output goes.
    environ : Mapping[str, str]
        The caller's environment.
    services : Iterable[str], optional
        The AWS services that it starts; all that it has if None.
    has_channel : bool
        Whether it takes snapshots on command.
    snapshot : Path, optional
        The snapshot that it begins with; it begins empty if None.
    """
    folder.mkdir(parents=True, exist_ok=True)
    environment = embedded_aws_environment(port, folder, environ, services)
    if snapshot is not None:
        environment[SNAPSHOT_VARIABLE] = str(snapshot)
    return Child("aws", ["local.aws"], environment, log_path, has_channel=has_channel)


def health_url(port: int) -> str:
    """Return the URL whose status is 200 as soon as ministack is ready."""
    return f"http://{HOST}:{port}{HEALTH_PATH}"


@contextmanager
def embedded_aws(port: int | None = None, *, services: Iterable[str] | None = AWS_SERVICES) -> Iterator[str]:
    """Run an embedded AWS for a test, and yield its endpoint URL.

    Parameters
    ----------
    port : int, optional
        A free port is chosen if none is given.
    services : Iterable[str], optional
        The AWS services that it starts; all that it has if None.

    Examples
    --------
    >>> with embedded_aws() as endpoint_url:  # doctest: +SKIP
    ...     client = boto3.client("dynamodb", endpoint_url=endpoint_url)
    ...     create_tables(client)
    """
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="embedded-aws-") as name:
        child = start_embedded_aws(port, Path(name), Path(name) / "aws.log", services=services)
        try:
            deadline = time.monotonic() + START_SECONDS
            while not answers_ok(health_url(port)):
                if child.exit_code is not None or time.monotonic() > deadline:
                    raise StackError(f"Embedded AWS did not start:\n{child.log_tail()}")
                time.sleep(POLL_SECONDS)
            yield f"http://{HOST}:{port}"
        finally:
            stop_children([child])
