"""A Node for the emulated CloudFront, which runs its functions in it, and for the console's build."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.errors import DeployError
from deploy.node import find_node
from tests.support.needs import not_here

__all__ = ["node_on_path"]


@contextmanager
def node_on_path() -> Iterator[None]:
    """Put the Node that builds the console first on the search path of programs; skip or fail without one."""
    try:
        node = find_node()
    except DeployError as error:
        not_here(str(error))
    # Alone: the npm beside the wheel's Node does not work.
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "node").symlink_to(node.program.resolve())
        patch.setenv("PATH", folder, prepend=os.pathsep)
        yield
