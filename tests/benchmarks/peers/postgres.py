"""PostgreSQL: a cluster in a folder of its own, and orders as one guarded UPDATE there."""

from __future__ import annotations

import importlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from local.ports import free_port
from local.settings import HOST, REPOSITORY_ROOT
from tests.benchmarks.peers.driver import Buyer, Placed
from tests.benchmarks.peers.systems import CannotRun, System

__all__ = ["Cluster", "PlainPostgres"]

MAJOR: Final = 15
PACKAGE: Final = f"postgresql-{MAJOR}"
PROGRAMS: Final = Path(f"/usr/lib/postgresql/{MAJOR}/bin")
LOCK: Final = REPOSITORY_ROOT / "requirements" / "postgres.txt"
"""The lock of its driver."""
UNPRIVILEGED: Final = "nobody"
"""The user that runs it if root starts it, which it refuses."""
USER: Final = "peer"
INSTALL_SECONDS: Final = 300.0
READY_SECONDS: Final = 60.0
STOP_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.1


class Cluster:
    """A PostgreSQL with the settings of its package, on a free port of this machine.

    Parameters
    ----------
    folder : Path
        For its data, in a folder of its own.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "postgresql"
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    def start(self) -> str:
        """Install it if it is missing, start it, and return its version.

        Raises
        ------
        CannotRun
        """
        install_server()
        self._folder.mkdir()
        as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            account = pwd.getpwnam(UNPRIVILEGED)
            shutil.chown(self._folder, account.pw_uid, account.pw_gid)
            as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        data = self._folder / "data"
        made = subprocess.run(
            [
                PROGRAMS / "initdb",
                "--pgdata",
                data,
                "--username",
                USER,
                "--auth",
                "trust",
                "--encoding",
                "UTF8",
            ],
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
            **as_user,
        )
        if made.returncode != 0:
            raise CannotRun(f"initdb failed: {made.stderr.strip()[-500:]}")
        settings = {
            "fsync": "on",
            "listen_addresses": HOST,
            "max_connections": "200",
            "port": str(self.port),
            "synchronous_commit": "on",
            "unix_socket_directories": str(self._folder),
        }
        given = [f"--{name}={value}" for name, value in settings.items()]
        log = self._folder / "log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [PROGRAMS / "postgres", "-D", data, *given],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                **as_user,
            )
        deadline = time.monotonic() + READY_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise CannotRun(f"PostgreSQL did not start: {log.read_text('utf-8', 'replace')[-500:]}")
            time.sleep(POLL_SECONDS)
        said = subprocess.run(
            [PROGRAMS / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        return said.stdout.split()[2]

    def stop(self) -> None:
        """End it, and all connections to it."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(2)  # SIGINT: a fast shutdown
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def create(self, database: str) -> str:
        """Create a database, and return its address."""
        self._client("createdb", database)
        return f"postgres://{USER}@{HOST}:{self.port}/{database}"

    def dump(self, database: str, file: Path) -> None:
        """Write a database into a file."""
        new = file.with_suffix(".new")
        self._client("pg_dump", "--no-owner", f"--file={new}", database)
        new.replace(file)

    def restore(self, database: str, file: Path) -> None:
        """Read a database that is empty from such a file."""
        options = ("--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
        self._client("psql", *options, f"--file={file}", database)

    def _client(self, program: str, *arguments: str) -> None:
        command = [str(PROGRAMS / program), f"--host={HOST}", f"--port={self.port}", f"--username={USER}"]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise CannotRun(f"{program} failed: {done.stderr.strip()[-500:]}")

    def _is_ready(self) -> bool:
        asked = [str(PROGRAMS / "pg_isready"), "-q", "-h", HOST, "-p", str(self.port)]
        return subprocess.run(asked, check=False).returncode == 0


def install_server() -> None:
    """Install Debian's PostgreSQL if it is missing and this is root.

    Raises
    ------
    CannotRun
        If it is missing and cannot be installed.
    """
    if (PROGRAMS / "postgres").exists():
        return
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise CannotRun(f"PostgreSQL {MAJOR} is not installed; as root, apt-get install {PACKAGE} does that.")
    # Its package would start a server of its own.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", PACKAGE]):
        done = subprocess.run(
            [apt, "--quiet", *command],
            env=environment,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise CannotRun(f"apt-get {' '.join(command)} failed: {done.stderr.strip()[-500:]}")


def load_driver() -> Any:
    """Return the module psycopg, which pip installs into this environment if it is missing.

    Raises
    ------
    CannotRun
        If it cannot.
    """
    if importlib.util.find_spec("psycopg") is None:
        options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
        done = subprocess.run(
            [sys.executable, "-m", "pip", "install", *options, "-r", LOCK],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise CannotRun(f"pip could not install psycopg: {done.stderr.strip()[-500:]}")
        importlib.invalidate_caches()
    return importlib.import_module("psycopg")


class PlainPostgres(System):
    """One transaction an order: the guarded UPDATE, the order, and a ledger row with the stock after it."""

    title = "plain PostgreSQL (`UPDATE … WHERE current - reserved >= q`, order and ledger row), no HTTP"

    TABLES: Final = """
        CREATE TABLE stock (
            sku bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            current bigint NOT NULL,
            reserved bigint NOT NULL DEFAULT 0
        );
        CREATE TABLE orders (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            sku bigint NOT NULL REFERENCES stock,
            quantity bigint NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE TABLE ledger (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            sku bigint NOT NULL,
            order_id bigint NOT NULL REFERENCES orders,
            type text NOT NULL,
            quantity bigint NOT NULL,
            current_after bigint NOT NULL,
            reserved_after bigint NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now()
        );
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._cluster = Cluster(folder)
        self._psycopg: Any
        self._address: str

    def start(self) -> Mapping[str, str]:
        self._psycopg = load_driver()
        server = self._cluster.start()
        self._address = self._cluster.create("peer")
        with self._psycopg.connect(self._address) as connection:
            for setting in ("fsync", "synchronous_commit"):
                [value] = connection.execute(f"SHOW {setting}").fetchone()
                if value != "on":
                    raise CannotRun(f"{setting} of PostgreSQL is {value}.")
            connection.execute(self.TABLES)
        return {"PostgreSQL": server, "psycopg": self._psycopg.__version__}

    def stop(self) -> None:
        self._cluster.stop()

    def seed(self, skus: int, units: int) -> Sequence[Any]:
        with self._psycopg.connect(self._address) as connection:
            made = connection.execute(
                "INSERT INTO stock (current) SELECT %s FROM generate_series(1, %s) RETURNING sku",
                (units, skus),
            )
            return [sku for (sku,) in made.fetchall()]

    def connect(self, number: int) -> Buyer:
        return _Buyer(self._psycopg.connect(self._address), self._psycopg.Error)

    def reserved(self, sku: Any) -> int:
        with self._psycopg.connect(self._address) as connection:
            found = connection.execute("SELECT reserved FROM stock WHERE sku = %s", (sku,))
            return int(found.fetchone()[0])


class _Buyer:
    def __init__(self, connection: Any, error: type[Exception]) -> None:
        self._connection = connection
        self._error = error

    def place(self, skus: Sequence[Any]) -> Placed:
        [sku] = skus
        try:
            return self._reserve(sku, 1)
        except self._error as error:
            return Placed(errors=(f"{type(error).__name__}: {error}",))

    def _reserve(self, sku: int, quantity: int) -> Placed:
        with self._connection.transaction():
            stock = self._connection.execute(
                "UPDATE stock SET reserved = reserved + %(quantity)s"
                " WHERE sku = %(sku)s AND current - reserved >= %(quantity)s RETURNING current, reserved",
                {"sku": sku, "quantity": quantity},
            ).fetchone()
            if stock is None:
                return Placed(refused=1)
            [order_id] = self._connection.execute(
                "INSERT INTO orders (sku, quantity) VALUES (%s, %s) RETURNING id", (sku, quantity)
            ).fetchone()
            self._connection.execute(
                "INSERT INTO ledger (sku, order_id, type, quantity, current_after, reserved_after)"
                " VALUES (%s, %s, 'reserve', %s, %s, %s)",
                (sku, order_id, quantity, *stock),
            )
        return Placed(orders=1)

    def close(self) -> None:
        self._connection.close()
