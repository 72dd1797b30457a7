"""The console, applied to an embedded AWS: what browsers get through its distribution."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from deploy.console_build import Build, checked
from deploy.console_site import Site
from tests.infrastructure.terraform import CONFIGURATION, STAGE, Cloud, Terraform, give

pytestmark = pytest.mark.needs_terraform

SERVICES = ("audit", "catalog", "stock")
REFUSED = b'{"code": "forbidden"}'


@dataclass
class Services:
    """Stands for the three services: answers with the request, or with an error below /refused."""

    url: str
    requests: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def services() -> Iterator[Services]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            request = {
                "method": self.command,
                "path": self.path,
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "body": self.rfile.read(length).decode(),
            }
            found.requests.append(request)
            is_refused = "/refused" in self.path
            body = REFUSED if is_refused else json.dumps(request).encode()
            self.send_response(403 if is_refused else 200)
            self.send_header("Content-Type", "application/problem+json" if is_refused else "application/json")
            self.send_header("Content-Security-Policy", "default-src 'none'")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_DELETE = do_GET = do_PATCH = do_POST = do_PUT = answer

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Services(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Console:
    """An applied console, as a browser and as its team see it."""

    terraform: Terraform
    outputs: dict[str, Any]
    services: Services
    endpoint: str

    def ask(self, path: str, method: str = "GET", **more: Any) -> httpx.Response:
        """Send a request as a browser does: to the distribution's name, by TLS."""
        headers = {"Host": self.outputs["distribution_domain"], "X-Forwarded-Proto": "https"}
        headers |= more.pop("headers", {})
        return httpx.request(method, f"{self.endpoint}{path}", headers=headers, trust_env=False, **more)


def parameters(cloud: Cloud, **values: str) -> None:
    """Publish addresses of services."""
    for service, value in values.items():
        cloud.client("ssm").put_parameter(
            Name=f"/inventory/{STAGE}/services/{service}/api_url", Value=value, Type="String", Overwrite=True
        )


def in_one_line(message: str) -> str:
    return " ".join(message.replace("│", " ").split())


def withdraw(cloud: Cloud) -> None:
    """Leave the parameters of the platform alone."""
    names = [f"/inventory/{STAGE}/services/{service}/api_url" for service in SERVICES]
    cloud.client("ssm").delete_parameters(Names=names)


def root(cloud: Cloud, name: str) -> Terraform:
    """Return the console's root, with a state of its own."""
    folder = cloud.folder / name
    ignored = shutil.ignore_patterns(".terraform*", "tests")
    shutil.copytree(CONFIGURATION / "console", folder, ignore=ignored)
    terraform = Terraform(cloud.platform.program, folder, cloud.platform.environment)
    give(terraform, {"stage": STAGE, "emulator_endpoint": cloud.endpoint})
    return terraform


def built(folder: Path) -> Build:
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text('<!doctype html><title>Inventory</title><div id="root"></div>')
    (folder / "colour-scheme.js").write_text("document.documentElement.dataset.scheme = 'light';\n")
    (folder / "assets" / "index-1a2b3c4d.js").write_text("'use strict';\n")
    return checked(folder)


@pytest.fixture(scope="module")
def without_services(cloud: Cloud) -> str:
    """What a plan says before any service is deployed."""
    planned = root(cloud, "console-too-early").plan()
    assert planned.returncode == 1
    return in_one_line(planned.stderr)


@pytest.fixture(scope="module")
def console(
    cloud: Cloud, without_services: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Console]:
    with services() as answering:
        parameters(cloud, **{service: f"{answering.url}/{service}/{STAGE}" for service in SERVICES})
        terraform = root(cloud, "console")
        terraform.apply()
        outputs = terraform.outputs()
        site = Site(cloud.client("s3"), cloud.client("cloudfront"), outputs)
        site.publish(built(tmp_path_factory.mktemp("build")), outputs["configuration"])
        try:
            yield Console(terraform, outputs, answering, cloud.endpoint)
        finally:
            withdraw(cloud)


def test_services_that_are_not_deployed_are_named(without_services: str) -> None:
    assert (
        "The stage 'test' has no address of audit, catalog, stock. Deploy each service first"
        in without_services
    )
    assert without_services.count("Error:") == 1


def test_a_second_plan_has_no_changes(console: Console) -> None:
    planned = console.terraform.plan()
    assert planned.returncode == 0, planned.stdout


@pytest.mark.parametrize(
    "path", ["/", "/overview", "/skus/SKU-PROD-E4F9A-BLK-L", "/shelf?category=Home%2FKitchen"]
)
def test_a_deep_link_shows_the_page(console: Console, path: str) -> None:
    answer = console.ask(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    assert '<div id="root">' in answer.text


def test_files_have_their_types_and_are_kept_as_long_as_they_hold(console: Console) -> None:
    kept = {
        path: (answer.headers["Content-Type"], answer.headers["Cache-Control"])
        for path in ("/assets/index-1a2b3c4d.js", "/colour-scheme.js", "/config.json")
        for answer in [console.ask(path)]
    }
    assert kept == {
        "/assets/index-1a2b3c4d.js": (
            "text/javascript; charset=utf-8",
            "public, max-age=31536000, immutable",
        ),
        "/colour-scheme.js": ("text/javascript; charset=utf-8", "no-cache"),
        "/config.json": ("application/json", "no-store"),
    }


def test_the_settings_lead_to_the_hosted_login_of_the_platform(cloud: Cloud, console: Console) -> None:
    platform = cloud.platform.outputs()
    assert console.ask("/config.json").json() == {
        "sign_in": "hosted",
        "authority": platform["issuer"],
        "client_id": platform["web_client_id"],
        "hosted_login": platform["hosted_login"],
        "demo": False,
    }


def test_a_page_has_the_headers_that_browsers_obey(cloud: Cloud, console: Console) -> None:
    headers = console.ask("/overview").headers
    policy = dict(each.split(" ", 1) for each in headers["Content-Security-Policy"].split("; "))
    outputs = cloud.platform.outputs()
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self' 'wasm-unsafe-eval'",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' https: data:",
        "font-src": "'self'",
        "connect-src": f"'self' {outputs['issuer']}/ {outputs['hosted_login']}",
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "geolocation=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_service_gets_the_request_without_the_prefix(console: Console, service: str, method: str) -> None:
    headers = {"Authorization": "Bearer some.id.token", "Idempotency-Key": "key-1", "If-Match": '"3"'}
    sent = '{"quantity": 1}' if method in ("POST", "PUT", "PATCH") else ""
    path = f"/api/{service}/vendors/VENDOR-001/things?limit=10&category=a%2Fb&type=x&type=y"
    answer = console.ask(path, method, headers=headers, content=sent)
    received = answer.json()
    assert answer.status_code == 200
    assert (received["method"], received["body"]) == (method, sent)
    assert (
        received["path"]
        == f"/{service}/{STAGE}/vendors/VENDOR-001/things?limit=10&category=a%2Fb&type=x&type=y"
    )
    assert {name: received["headers"][name.lower()] for name in headers} == headers
    # API Gateway answers its own name alone.
    assert received["headers"]["host"].split(":")[0] == "127.0.0.1"


def test_an_error_of_a_service_stays_its_own_and_is_asked_anew(console: Console) -> None:
    before = len(console.services.requests)
    for _ in range(2):
        answer = console.ask("/api/stock/refused")
        assert (answer.status_code, answer.content) == (403, REFUSED)
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    assert len(console.services.requests) == before + 2


@pytest.mark.parametrize(
    "path", ["/api/stockx/health", "/api/stock", "/api", "/token?role=admin", "/demo", "/api/stock/%2e%2e/x"]
)
def test_what_is_not_there_is_a_problem_and_no_page(console: Console, path: str) -> None:
    before = len(console.services.requests)
    answer = console.ask(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "route_not_found")
    assert len(console.services.requests) == before


@pytest.mark.parametrize(
    "path", ["/assets/missing.js", "/releases.json", "/builds/x.json", "/../releases.json"]
)
def test_a_browser_gets_nothing_else_from_the_bucket(console: Console, path: str) -> None:
    assert console.ask(path).status_code in (403, 404)


def test_nobody_else_reads_the_bucket(cloud: Cloud, console: Console) -> None:
    bucket = console.outputs["bucket"]
    s3 = cloud.client("s3")
    blocked = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(blocked.values()) == {True}
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    [allowed] = [each for each in policy["Statement"] if each["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert allowed["Condition"]["StringEquals"]["AWS:SourceArn"].endswith(console.outputs["distribution_id"])
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"


def test_a_page_cannot_be_written_to(console: Console) -> None:
    assert console.ask("/demo", "POST").status_code == 403
    assert console.ask("/index.html", "PUT", content="x").status_code == 403


def test_without_tls_a_page_is_redirected_and_a_token_is_refused(console: Console) -> None:
    plain = {"X-Forwarded-Proto": "http"}
    page = console.ask("/overview", headers=plain)
    assert (page.status_code, page.headers["Location"]) == (
        301,
        f"https://{console.outputs['distribution_domain']}/overview",
    )
    assert console.ask("/api/stock/health", headers=plain).status_code == 403


def test_it_can_be_destroyed_after_the_services(cloud: Cloud, console: Console) -> None:
    withdraw(cloud)
    refused = console.terraform.plan()
    assert "The stage 'test' has no address of audit, catalog, stock." in " ".join(
        refused.stderr.replace("│", " ").split()
    )
    planned = console.terraform.plan("-destroy")
    assert planned.returncode == 2, planned.stderr
    assert "0 to add, 0 to change" in planned.stdout
