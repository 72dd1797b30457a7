"""The addresses of the local stack, from the environment."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from local.errors import StackError

REPOSITORY_ROOT = Path(__file__).resolve().parent.parent
SERVICES_FOLDER = REPOSITORY_ROOT / "services"
HOST = "127.0.0.1"
REGION = "ap-south-1"
SERVICES = ("catalog", "stock", "audit")
TRIGGERED_SERVICES = ("catalog", "stock", "audit")  # they have functions for streams and schedules
REMOTE_DYNAMODB_FLAG = "ALLOW_REMOTE_DYNAMODB"
DEFAULT_PORTS = {"front": 8000, "catalog": 8001, "stock": 8002, "audit": 8003, "aws": 4566}
KEY_SERVICES = ("secretsmanager", "ssm")
"""The services of the embedded AWS with the ledger's keys, which it always serves."""
ARCHIVE_SERVICES = ("kms", "s3")
"""Those with the archive: beside another DynamoDB only if the shop is kept."""
EVENT_SERVICES = ("events", "sqs")
"""Those with the bus of events, and the queues of who reads it, which it always serves."""
AWS_SERVICES = ("dynamodb", "dynamodbstreams", *ARCHIVE_SERVICES, *KEY_SERVICES, *EVENT_SERVICES)
"""All that the product uses of the embedded AWS."""
SNAPSHOT_SECONDS = 60.0
"""How often a kept shop is saved while it runs."""
TOKEN_AUDIENCE = "inventory-local"
MACHINE_CLIENT_ID = "local-order-system"
ARCHIVE_BUCKET = "inventory-archive"
ARCHIVE_SIGNING_KEY = "alias/inventory-archive"
EVENT_BUS = "inventory-local"
LEDGER_KEY_SECRET = "inventory-local-ledger-key"
LEDGER_KEYS_PATH = "/inventory/local/ledger-keys/"
KEY_FILE_PARAMETER = "/inventory/local/ledger/key_file"
"""The parameter with the file that keeps the ledger's keys, ``-`` if there is none."""


@dataclass(frozen=True)
class Settings:
    """Ports and the DynamoDB endpoint of one local stack.

    Attributes
    ----------
    ports : Mapping[str, int]
        Port by name: ``front``, ``catalog``, ``stock``, ``audit``, ``aws``.
    external_dynamodb : str or None
        ``DYNAMODB_ENDPOINT``, if another DynamoDB than the embedded one is used.
    keep : Path or None
        ``KEEP``, the folder that keeps the shop from one run to the next, if it is kept.
    snapshot_seconds : float
        How often it is saved.
    has_console : bool
        ``CONSOLE``, whether the console is built and served.
    """

    ports: Mapping[str, int]
    external_dynamodb: str | None = None
    keep: Path | None = None
    snapshot_seconds: float = SNAPSHOT_SECONDS
    has_console: bool = True

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Read ``FRONT_PORT`` and the like; a variable that is absent or empty keeps its default.

        Raises
        ------
        StackError
            If a port is invalid, two ports are equal, ``DYNAMODB_ENDPOINT`` is not a URL,
            ``SNAPSHOT_SECONDS`` no number of seconds, or ``CONSOLE`` neither 0 nor 1.
        """
        ports = {name: _port(environ, name) for name in DEFAULT_PORTS}
        taken: dict[int, str] = {}
        for name, port in ports.items():
            if port in taken:
                raise StackError(
                    f"{port_variable(taken[port])} and {port_variable(name)} are both {port}; "
                    "give each its own port."
                )
            taken[port] = name
        return cls(ports, _endpoint(environ), _folder(environ), _seconds(environ), _has_console(environ))

    @property
    def embedded_services(self) -> tuple[str, ...]:
        """What the embedded AWS has to serve."""
        if self.external_dynamodb is None:
            return AWS_SERVICES
        # An archive that every run begins anew would contradict tables that stay.
        always = (*KEY_SERVICES, *EVENT_SERVICES)
        return (*ARCHIVE_SERVICES, *always) if self.keep is not None else always

    @property
    def aws_url(self) -> str:
        """The URL of the embedded AWS."""
        return f"http://{HOST}:{self.ports['aws']}"

    @property
    def dynamodb_endpoint(self) -> str:
        """The URL of DynamoDB."""
        return self.external_dynamodb or self.aws_url

    @property
    def dynamodb_is_on_this_machine(self) -> bool:
        """Whether that URL is a loopback address, where tables may be created without asking."""
        host = urlsplit(self.dynamodb_endpoint).hostname or ""
        try:
            return host == "localhost" or ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False

    def url(self, name: str) -> str:
        """Return the address of the front page or of a service.

        Examples
        --------
        >>> Settings(DEFAULT_PORTS).url("catalog")
        'http://127.0.0.1:8001'
        """
        return f"http://{HOST}:{self.ports[name]}"


def port_variable(name: str) -> str:
    """Return the environment variable that sets the port of ``name``."""
    return f"{name.upper()}_PORT"


def check_tokens_stay_local(settings: Settings, environ: Mapping[str, str]) -> None:
    """Check that development tokens give access to tables of this machine only, unless the flag is set.

    Everybody on this machine can fetch a token for any role, an admin's too.

    Raises
    ------
    StackError
        If DynamoDB is elsewhere and `REMOTE_DYNAMODB_FLAG` is not 1, or if the flag has another value.
    """
    flag = environ.get(REMOTE_DYNAMODB_FLAG, "").strip()
    if flag not in ("", "0", "1"):
        raise StackError(f"{REMOTE_DYNAMODB_FLAG} must be 1 or 0, not {flag!r}.")
    if flag != "1" and not settings.dynamodb_is_on_this_machine:
        raise StackError(
            f"DynamoDB at {settings.dynamodb_endpoint} is not on this machine, where everybody can fetch an "
            f"admin's development token for its tables; set {REMOTE_DYNAMODB_FLAG}=1 to allow that."
        )


def _port(environ: Mapping[str, str], name: str) -> int:
    text = environ.get(port_variable(name), "").strip()
    if not text:
        return DEFAULT_PORTS[name]
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise StackError(f"{port_variable(name)} must be a port from 1 to 65535, not {text!r}.")
    return int(text)


def _endpoint(environ: Mapping[str, str]) -> str | None:
    text = environ.get("DYNAMODB_ENDPOINT", "").strip()
    if not text:
        return None
    try:
        parts = urlsplit(text)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise StackError(f"DYNAMODB_ENDPOINT must be an http or https URL, not {text!r}.")
    return text


def _folder(environ: Mapping[str, str]) -> Path | None:
    text = environ.get("KEEP", "")
    return Path(text).expanduser().absolute() if text else None


def _seconds(environ: Mapping[str, str]) -> float:
    text = environ.get("SNAPSHOT_SECONDS", "").strip()
    if not text:
        return SNAPSHOT_SECONDS
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 86_400):
        raise StackError(f"SNAPSHOT_SECONDS must be a number of seconds from 1 to 86400, not {text!r}.")
    return float(text)


def _has_console(environ: Mapping[str, str]) -> bool:
    text = environ.get("CONSOLE", "").strip()
    if text not in ("", "0", "1"):
        raise StackError(f"CONSOLE must be 1 or 0, not {text!r}.")
    return text != "0"
