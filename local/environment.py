"""The environment variables of each process of the stack.

Every process gets a clean environment: what a developer has exported (an ``AWS_PROFILE``, an
``AWS_ENDPOINT_URL``, a proxy) must not change what the local run does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from local.keeping.gate import CONSUMER_ACCESS_KEY
from local.settings import (
    ARCHIVE_BUCKET,
    ARCHIVE_SIGNING_KEY,
    AWS_SERVICES,
    EVENT_BUS,
    HOST,
    LEDGER_KEY_SECRET,
    LEDGER_KEYS_PATH,
    MACHINE_CLIENT_ID,
    REGION,
    TOKEN_AUDIENCE,
    Settings,
    port_variable,
)

LEDGER_KEY_FILE_VARIABLE = "LEDGER_KEY_FILE"
"""The environment variable of the process that makes the ledger's key with the file that keeps it, if any."""
ISSUER_KEY_VARIABLE = "ISSUER_KEY_FILE"
"""The environment variable of the front with the file of the token issuer's key."""
CONSOLE_STATUS_VARIABLE = "CONSOLE_STATUS_FILE"
"""The environment variable of the front with the file that says what there is of the console; without it,
there is none.
"""
DEMO_LOG_VARIABLE = "DEMO_LOG_FILE"
"""The environment variable of the front with the file for the output of the demo's loader."""
_OPTIONAL = ("BUDGETS", "CORS_ORIGINS", "ORDER_OWNERS", "TABLES_RESTORED_TO")
"""Settings of the services that the caller may give."""
FETCHING_PREFIXES = ("NPM_CONFIG_", "PIP_")
"""In capitals, what the names of the settings of npm and pip begin with."""
FETCHING_VARIABLES = {
    "ALL_PROXY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NODE_EXTRA_CA_CERTS",
    "NO_PROXY",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
}
"""In capitals, the names of the variables that say how a server elsewhere is reached."""


def ledger_key_file(settings: Settings, environ: Mapping[str, str], state_folder: Path) -> Path | None:
    """Return the file that keeps the keys beside another DynamoDB; None beside the embedded one."""
    if settings.external_dynamodb is None:
        return None
    tables = f"{settings.external_dynamodb}\n{environ.get('TABLE_NAME_PREFIX', '')}"
    name = f"ledger-keys-{hashlib.sha256(tables.encode()).hexdigest()[:8]}.json"
    return (settings.keep or state_folder) / name


def base_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that every process inherits."""
    return {name: environ[name] for name in ("PATH", "HOME") if name in environ}


def embedded_aws_environment(
    port: int, folder: Path, environ: Mapping[str, str], services: Iterable[str] | None = AWS_SERVICES
) -> dict[str, str]:
    """Return the environment of ministack; all files it writes go below ``folder``.

    Parameters
    ----------
    port : int
        Where it listens.
    folder : Path
        For its files.
    environ : Mapping[str, str]
        The caller's environment.
    services : Iterable[str], optional
        The AWS services that it starts; all that it has if None.
    """
    chosen = {} if services is None else {"SERVICES": ",".join(services)}
    return (
        base_environment(environ)
        | chosen
        | {
            "BIND_HOST": HOST,
            "GATEWAY_PORT": str(port),
            "MINISTACK_REGION": REGION,
            "LOG_LEVEL": "WARNING",
            # These two listen on every interface and ignore BIND_HOST.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "TMPDIR": str(folder),
            "STATE_DIR": str(folder / "state"),
            "S3_DATA_DIR": str(folder / "s3"),
        }
    )


def front_environment(
    settings: Settings,
    environ: Mapping[str, str],
    issuer_key: Path | None = None,
    console_status: Path | None = None,
    demo_log: Path | None = None,
) -> dict[str, str]:
    """Return the environment of the front, which knows every other address.

    Parameters
    ----------
    settings : Settings
        The addresses.
    environ : Mapping[str, str]
        The caller's environment.
    issuer_key : Path, optional
        The file of the token issuer's key; it makes one for itself if None.
    console_status : Path, optional
        The file that says what there is of the console; None if there is to be none.
    demo_log : Path, optional
        The file for the output of the demo's loader; None if nobody may load the demo shop.
    """
    ports = {port_variable(name): str(port) for name, port in settings.ports.items()}
    files = {
        ISSUER_KEY_VARIABLE: issuer_key,
        CONSOLE_STATUS_VARIABLE: console_status,
        DEMO_LOG_VARIABLE: demo_log,
    }
    given = {name: str(file) for name, file in files.items() if file is not None}
    return base_environment(environ) | ports | given


def build_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the console's build, which fetches packages as the caller's pip and npm."""
    fetching = {
        name: value
        for name, value in environ.items()
        if name.upper().startswith(FETCHING_PREFIXES) or name.upper() in FETCHING_VARIABLES
    }
    return base_environment(environ) | fetching


def service_environment(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a service: the settings that Terraform gives it in production."""
    front_url = settings.url("front")
    optional = {name: environ[name] for name in _OPTIONAL if name in environ}
    return (
        base_environment(environ)
        | _aws_access(settings, environ)
        | optional
        | _archive(settings)
        | _ledger_keys(settings)
        | _events(settings)
        | {
            "AWS_ENDPOINT_URL_DYNAMODB": settings.dynamodb_endpoint,
            "JWKS_URL": f"{front_url}/.well-known/jwks.json",
            "TOKEN_ISSUER": front_url,
            "TOKEN_AUDIENCES": TOKEN_AUDIENCE,
            "MACHINE_CLIENT_IDS": MACHINE_CLIENT_ID,
            "TABLE_NAME_PREFIX": environ.get("TABLE_NAME_PREFIX", ""),
        }
    )


def consumer_environment(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the processes that read the streams: a service's, with an access key of their
    own, by which the embedded AWS knows their writes.
    """
    environment = service_environment(settings, environ)
    if settings.external_dynamodb is None:
        # Another DynamoDB may have one database for each access key.
        environment["AWS_ACCESS_KEY_ID"] = CONSUMER_ACCESS_KEY
    return environment


def _archive(settings: Settings) -> dict[str, str]:
    """Return the settings of the archive, which is in the embedded AWS; none if that has none."""
    if "s3" not in settings.embedded_services:
        return {}
    return {
        "AWS_ENDPOINT_URL_S3": settings.aws_url,
        "AWS_ENDPOINT_URL_KMS": settings.aws_url,
        "ARCHIVE_BUCKET": ARCHIVE_BUCKET,
        "ARCHIVE_SIGNING_KEY": ARCHIVE_SIGNING_KEY,
    }


def _ledger_keys(settings: Settings) -> dict[str, str]:
    """Return where the keys of the stock log are: in the embedded AWS."""
    return {
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": settings.aws_url,
        "AWS_ENDPOINT_URL_SSM": settings.aws_url,
        "LEDGER_KEY_SECRET": LEDGER_KEY_SECRET,
        "LEDGER_KEYS_PATH": LEDGER_KEYS_PATH,
    }


def _events(settings: Settings) -> dict[str, str]:
    """Return where the bus of events is: in the embedded AWS."""
    return {"AWS_ENDPOINT_URL_EVENTBRIDGE": settings.aws_url, "EVENT_BUS": EVENT_BUS}


def _aws_access(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    if settings.dynamodb_is_on_this_machine:
        return {
            # Not twelve digits: ministack would take those for an account of their own.
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": settings.dynamodb_endpoint,
        }
    access = {
        name: value
        for name, value in environ.items()
        if name.startswith("AWS_")
        and not name.startswith("AWS_ENDPOINT_URL")
        and name != port_variable("aws")
    }
    host = urlsplit(settings.dynamodb_endpoint).hostname or ""
    if not host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws")):
        # AWS itself serves streams under another name, which the SDK derives from the region.
        access["AWS_ENDPOINT_URL_DYNAMODB_STREAMS"] = settings.dynamodb_endpoint
    return access
