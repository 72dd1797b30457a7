"""Medusa: reservations over its admin's HTTP API, by one process or two, with two of its locks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar, Final

from local.ports import free_port
from local.settings import HOST
from tests.benchmarks.peers.driver import Buyer, Placed
from tests.benchmarks.peers.http_json import Connection
from tests.benchmarks.peers.node import NodeSystem

__all__ = ["Medusa", "TwoMedusas", "TwoMedusasWithPostgresLock"]

PROGRAM: Final = "node_modules/@medusajs/cli/cli.js"
EMAIL, PASSWORD = "admin@example.com", "the-peers-admin"
DATABASE: Final = "medusa"


class Medusa(NodeSystem):
    """One process with its default lock, which is in its memory."""

    title = "Medusa over HTTP (`POST /admin/reservations`), one process"
    peer = "medusa"
    package = "@medusajs/medusa"
    processes: ClassVar[int] = 1
    locking: ClassVar[str] = ""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._urls: list[str] = []
        self._admin: Connection
        self._headers: Mapping[str, str]
        self._location: str

    def start(self) -> Mapping[str, str]:
        versions = self.install()
        settings = {
            "DATABASE_URL": self.cluster.create(DATABASE),
            "LOCKING": self.locking,
            "MEDUSA_DISABLE_TELEMETRY": "1",
        }
        # Its migrations take a minute: the database that they leave is kept beside the installation.
        migrated = self.installed.folder / f"migrated-{versions['PostgreSQL']}.sql"
        if migrated.exists():
            self.cluster.restore(DATABASE, migrated)
        else:
            self.run(PROGRAM, "db:migrate", **settings)
            self.run(PROGRAM, "user", "--email", EMAIL, "--password", PASSWORD, **settings)
            self.cluster.dump(DATABASE, migrated)
        for _ in range(self.processes):
            port = free_port()
            url = f"http://{HOST}:{port}"
            arguments = (PROGRAM, "start", "--host", HOST, "--port", str(port))
            self.serve(f"{url}/health", *arguments, **settings)
            self._urls.append(url)
        login = Connection(self._urls[0])
        entered = login.expect("POST", "/auth/user/emailpass", {"email": EMAIL, "password": PASSWORD})
        login.close()
        self._headers = {"Authorization": f"Bearer {entered['token']}"}
        self._admin = Connection(self._urls[0], self._headers)
        made = self._admin.expect("POST", "/admin/stock-locations", {"name": "Peers"})
        self._location = made["stock_location"]["id"]
        return versions

    def seed(self, skus: int, units: int) -> Sequence[Any]:
        level = {"location_id": self._location, "stocked_quantity": units}
        made = [
            self._admin.expect("POST", "/admin/inventory-items", {"location_levels": [level]})
            for _ in range(skus)
        ]
        return [each["inventory_item"]["id"] for each in made]

    def connect(self, number: int) -> Buyer:
        return _Buyer(Connection(self._urls[number % self.processes], self._headers), self._location)

    def reserved(self, sku: Any) -> int:
        levels = self._admin.expect("GET", f"/admin/inventory-items/{sku}/location-levels")
        return sum(int(level["reserved_quantity"]) for level in levels["inventory_levels"])


class TwoMedusas(Medusa):
    """Two processes: the lock of each knows nothing of the other."""

    title = "Medusa, two processes, its default in-memory lock"
    processes = 2
    rate_clients = ()


class TwoMedusasWithPostgresLock(Medusa):
    """Two processes, with the lock in their PostgreSQL."""

    title = "Medusa, two processes, its PostgreSQL lock"
    processes = 2
    locking = "postgres"


class _Buyer:
    def __init__(self, connection: Connection, location: str) -> None:
        self._connection = connection
        self._location = location

    def place(self, skus: Sequence[Any]) -> Placed:
        [item] = skus
        wanted = {"location_id": self._location, "inventory_item_id": item, "quantity": 1}
        status, document = self._connection.send("POST", "/admin/reservations", wanted)
        if status == HTTPStatus.OK:
            return Placed(orders=1)
        message = str((document or {}).get("message", document))
        if status == HTTPStatus.BAD_REQUEST and message.startswith("Not enough stock"):
            return Placed(refused=1)
        return Placed(errors=(f"{status} {message}",))

    def close(self) -> None:
        self._connection.close()
