"""The zips: complete, small, compiled, and the same bytes each time."""

from __future__ import annotations

import json
import marshal
import shutil
import zipfile
from pathlib import Path

import pytest

from deploy import package as packaging
from deploy import pages
from deploy.errors import DeployError
from deploy.package import ZIP_MAX_BYTES, Package, package_service
from deploy.services import REPOSITORY_ROOT
from deploy.target import Target
from inventory_common.reference_pages import script_file
from tests.deploying.zip_runner import ZipRunner

SERVICES = ("catalog", "stock", "audit")
PYC_HEADER_BYTES = 16
UNCHECKED_HASH = b"\x01\0\0\0"

CALL = """
import json, pkgutil, importlib
import app, chalicelib
for module in pkgutil.iter_modules(chalicelib.__path__, "chalicelib."):
    importlib.import_module(module.name)

def raw(method, resource, headers=None, body=None, **parameters):
    several = {name: [value] for name, value in (headers or {}).items()}
    answer = app.app({
        "resource": resource, "path": resource.format(**parameters), "httpMethod": method, "body": body,
        "headers": headers, "multiValueHeaders": several, "pathParameters": parameters or None,
        "queryStringParameters": None, "multiValueQueryStringParameters": None, "stageVariables": None,
        "isBase64Encoded": False,
        "requestContext": {"resourcePath": resource, "httpMethod": method, "requestId": "r-1"},
    }, None)
    found = {**answer["headers"], **{n: v[-1] for n, v in answer["multiValueHeaders"].items()}}
    return answer["statusCode"], answer["body"], found

def call(*arguments, **parameters):
    status, body, _ = raw(*arguments, **parameters)
    return status, json.loads(body)
"""


def names_in(package: Package) -> list[str]:
    with zipfile.ZipFile(package.zip_path) as archive:
        return archive.namelist()


@pytest.mark.parametrize("name", SERVICES)
def test_a_zip_holds_all_that_its_service_imports(
    name: str, packages: dict[str, Package], run: ZipRunner
) -> None:
    # The token makes it load PyJWT and cryptography, down to the look for keys, which are nowhere.
    key = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.e30.c2ln"
    route = {"catalog": "/products/{product_id}", "stock": "/orders/{order_id}"}.get(
        name, "/transactions/{transaction_id}"
    )
    parameter = route.split("{")[1][:-1]
    value = {"product_id": "PROD-ABCDE", "order_id": "ORDER-1"}.get(parameter, "TXN-1")
    program = CALL + (
        "health = call('GET', '/health')\n"
        f"refused = call('GET', {route!r}, {{'Authorization': 'Bearer {key}'}}, {parameter}={value!r})\n"
        "loaded = sorted({name.split('.')[0] for name in sys.modules})\n"
        "print(json.dumps([health, refused, loaded]))"
    )
    health, refused, loaded = run(packages[name], program)
    assert health == [200, {"status": "ok", "service": f"inventory-{name}"}]
    assert (refused[0], refused[1]["code"]) == (503, "identity_unavailable"), refused
    assert {"jwt", "cryptography", "simplejson", "inventory_common", "chalice"} <= set(loaded)


@pytest.mark.parametrize("name", SERVICES)
def test_a_zip_serves_its_own_document_and_page(
    name: str, packages: dict[str, Package], run: ZipRunner
) -> None:
    program = CALL + (
        "def get(path, accept):\n"
        "    status, body, headers = raw('GET', path, {'Accept': accept})\n"
        "    return status, body, headers['Content-Type']\n"
        "print(json.dumps([get('/openapi.json', 'application/json'), get('/docs', 'text/html'),"
        " get('/docs/redoc.standalone.js', '*/*'),"
        " get('/asyncapi.json', 'application/json'), get('/docs/events', 'text/html')]))"
    )
    document, page, script, events, events_page = run(packages[name], program)
    root = REPOSITORY_ROOT / "services" / name
    assert document == [200, (root / "openapi.json").read_text(encoding="utf-8"), "application/json"]
    assert events == [200, (root / "asyncapi.json").read_text(encoding="utf-8"), "application/json"]
    assert (events_page[0], events_page[2]) == (200, "text/html; charset=utf-8")
    assert (page[0], page[2]) == (200, "text/html; charset=utf-8")
    assert '<redoc spec-url="openapi.json">' in page[1]
    assert (script[0], script[2]) == (200, "text/javascript; charset=utf-8")
    with zipfile.ZipFile(packages[name].zip_path) as archive:
        assert archive.read("openapi.json") == (root / "openapi.json").read_bytes()
        packed = archive.read("redoc.standalone.js")
    installed = script_file(root)
    assert installed is not None
    assert packed == installed.read_bytes() == script[1].encode()


def test_without_its_document_a_service_is_not_packaged(build: Path, tmp_path: Path) -> None:
    for part in ("services/audit", "libs/common/inventory_common"):
        shutil.copytree(REPOSITORY_ROOT / part, tmp_path / part)
    (tmp_path / "services/audit/openapi.json").unlink()
    with pytest.raises(DeployError, match=r"openapi\.json is missing: `make openapi` writes it"):
        package_service("audit", Target.native(), build, tmp_path)


def test_without_the_pages_script_nothing_is_packaged(
    build: Path, monkeypatch: pytest.MonkeyPatch, packages: dict[str, Package]
) -> None:
    monkeypatch.setattr(pages, "_PACKAGE", "of-nobody")
    with pytest.raises(DeployError, match=r"requirements/pages\.txt"):
        package_service("audit", Target.native(), build)


@pytest.mark.parametrize(
    ("name", "method", "path", "required"),
    [
        ("catalog", "POST", "/products", ["product_name", "category", "base_price"]),
        ("stock", "PUT", "/orders/{order_id}", ["lines"]),
    ],
)
def test_request_bodies_are_validated_from_the_zip(
    name: str, method: str, path: str, required: list[str], packages: dict[str, Package], run: ZipRunner
) -> None:
    program = (
        "import json, app\n"
        f"body = app.app.routes[{path!r}][{method!r}].view_function.declared.body\n"
        "print(json.dumps(body.read({})[1]))"
    )
    assert run(packages[name], program) == [[f"body.{member}", "is required"] for member in required]


def test_a_service_without_request_bodies_contains_no_pydantic(packages: dict[str, Package]) -> None:
    assert not [name for name in names_in(packages["audit"]) if "pydantic" in name]


@pytest.mark.parametrize("name", SERVICES)
def test_a_zip_is_small_and_does_not_contain_what_lambda_has(name: str, packages: dict[str, Package]) -> None:
    assert packages[name].zip_path.stat().st_size <= 8_200_000
    tops = {path.split("/")[0] for path in names_in(packages[name])}
    assert not tops & {"boto3", "botocore", "s3transfer", "urllib3", "pip", "bin", "tests"}
    assert not [path for path in names_in(packages[name]) if path.endswith((".dist-info", ".pyi"))]


@pytest.mark.parametrize("name", SERVICES)
def test_a_zip_holds_the_licence(name: str, packages: dict[str, Package]) -> None:
    with zipfile.ZipFile(packages[name].zip_path) as archive:
        assert archive.read("LICENSE") == (REPOSITORY_ROOT / "LICENSE").read_bytes()


@pytest.mark.parametrize("name", SERVICES)
def test_every_module_is_compiled_once_and_for_all(name: str, packages: dict[str, Package]) -> None:
    with zipfile.ZipFile(packages[name].zip_path) as archive:
        compiled = [path for path in archive.namelist() if path.endswith(".pyc")]
        sources = {path for path in archive.namelist() if path.endswith(".py")}
        for path in compiled:
            assert archive.read(path)[4:8] == UNCHECKED_HASH, path
        app = next(path for path in compiled if path.startswith("__pycache__/app."))
        assert marshal.loads(archive.read(app)[PYC_HEADER_BYTES:]).co_filename == "/var/task/app.py"
        ours = [path for path in compiled if "__pycache__/" in path]
        documented = [path for path in ours if b"Raises\n    ------" in archive.read(path)]
        assert documented == []
    assert len(compiled) > 80
    # Our own sources are included, for the lines of a traceback.
    assert {path.split("/")[0] for path in sources} == {"app.py", "chalicelib", "inventory_common"}
    for path in sources:
        folder, _, stem = path.removesuffix(".py").rpartition("/")
        assert any(c.startswith(f"{folder}/__pycache__/{stem}.".lstrip("/")) for c in compiled), path


def test_the_same_input_gives_the_same_bytes(packages: dict[str, Package], tmp_path: Path) -> None:
    again = package_service("audit", Target.native(), tmp_path)
    assert again.zip_path.read_bytes() == packages["audit"].zip_path.read_bytes()
    assert again.variables_path.read_bytes() == packages["audit"].variables_path.read_bytes()


def test_the_default_is_a_zip_for_graviton(wheels: None, tmp_path: Path) -> None:
    stock = package_service("stock", Target.named("", ""), tmp_path)
    assert stock.zip_path.stat().st_size <= ZIP_MAX_BYTES <= 8_200_000
    with zipfile.ZipFile(stock.zip_path) as archive:
        libraries = [path for path in archive.namelist() if path.endswith(".so")]
        machines = {archive.read(path)[18:20] for path in libraries}
    assert machines == {b"\xb7\0"}  # EM_AARCH64
    assert any("cpython-313-aarch64" in path for path in libraries)


def test_without_the_targets_python_the_sources_are_not_compiled(
    monkeypatch: pytest.MonkeyPatch, build: Path, packages: dict[str, Package], run: ZipRunner
) -> None:
    monkeypatch.setattr(packaging, "interpreter_of", lambda _: None)
    assert "no bytecode" in (packaging.missing_interpreter(Target()) or "")
    other = build / "uncompiled"
    other.mkdir()
    shutil.copytree(build / ".dependencies", other / ".dependencies")
    audit = package_service("audit", Target.native(), other)
    assert not [name for name in names_in(audit) if name.endswith(".pyc")]
    program = CALL + "print(json.dumps(call('GET', '/health')))"
    assert run(audit, program)[0] == 200


def test_a_service_keeps_the_library_that_it_was_packaged_with(
    build: Path, packages: dict[str, Package], tmp_path: Path, run: ZipRunner
) -> None:
    root = tmp_path / "checkout"
    for part in ("services/audit", "services/catalog", "libs/common/inventory_common"):
        shutil.copytree(REPOSITORY_ROOT / part, root / part)
    library = root / "libs/common/inventory_common/__init__.py"
    library.write_text(library.read_text() + "\nGENERATION = 2\n")
    newer = tmp_path / "build"
    newer.mkdir()
    shutil.copytree(build / ".dependencies", newer / ".dependencies")

    program = "import json, app, inventory_common as c\nprint(json.dumps(getattr(c, 'GENERATION', 1)))"
    assert run(package_service("catalog", Target.native(), newer, root), program) == 2
    assert run(packages["audit"], program) == 1


def test_the_variables_are_what_the_app_declares(packages: dict[str, Package]) -> None:
    declared = {name: json.loads(packages[name].variables_path.read_text()) for name in SERVICES}
    assert [found["service"] for found in declared.values()] == list(SERVICES)
    assert all(found["routes"]["/health"] == ["GET"] for found in declared.values())
    assert declared["stock"]["routes"]["/orders/{order_id}"] == ["GET", "PUT"]
    assert declared["stock"]["feeds"]["sku_changed"] == {
        "table": "VendorInventory",
        "key_attribute": "sku",
        "prefixes": ["SKU-", "#ORDER"],
        "batch_size": 100,
    }
    assert declared["stock"]["schedules"]["expire_orders"] == "rate(1 minute)"
    assert set(declared["catalog"]) == {"service", "routes", "feeds", "schedules"}


def test_a_zip_that_is_too_large_does_not_replace_the_previous_one(
    monkeypatch: pytest.MonkeyPatch, build: Path, packages: dict[str, Package]
) -> None:
    before = packages["audit"].zip_path.read_bytes()
    monkeypatch.setattr(packaging, "ZIP_MAX_BYTES", 1_000)
    with pytest.raises(DeployError, match=r"audit\.zip would have [\d,]+ bytes; the maximum is 1,000"):
        package_service("audit", Target.native(), build)
    assert packages["audit"].zip_path.read_bytes() == before


def test_an_app_that_cannot_be_imported_is_an_error(
    build: Path, packages: dict[str, Package], tmp_path: Path
) -> None:
    for part in ("services/audit", "libs/common/inventory_common"):
        shutil.copytree(REPOSITORY_ROOT / part, tmp_path / part)
    app = tmp_path / "services/audit/app.py"
    app.write_text(app.read_text() + "\nimport nothing_like_this\n")
    with pytest.raises(DeployError, match=r"The app of audit cannot be imported:(?s:.*)nothing_like_this"):
        package_service("audit", Target.native(), build, tmp_path)


REFUSED_REQUIREMENTS = {
    "no such version": (f"PyJWT==0.0.0.1 --hash=sha256:{'0' * 64}\n", "PyJWT==0.0.0.1"),
    "no hash": ("rfc8785==0.1.4\n", "Hashes are required(?s:.*)rfc8785==0.1.4"),
    "another hash": (f"rfc8785==0.1.4 --hash=sha256:{'0' * 64}\n", "DO NOT MATCH THE HASHES(?s:.*)rfc8785"),
}


@pytest.mark.parametrize("problem", REFUSED_REQUIREMENTS)
def test_a_dependency_that_is_missing_or_not_the_locked_one_is_named(
    problem: str, wheels: None, tmp_path: Path
) -> None:
    requirements, message = REFUSED_REQUIREMENTS[problem]
    for part in ("services/audit", "libs/common/inventory_common"):
        shutil.copytree(REPOSITORY_ROOT / part, tmp_path / part)
    (tmp_path / "services/audit/requirements.txt").write_text(requirements)
    with pytest.raises(DeployError, match=rf"pip cannot install(?s:.*){message}"):
        package_service("audit", Target.native(), tmp_path / "build", tmp_path)
    assert not [path for path in (tmp_path / "build/.dependencies").iterdir() if path.is_dir()]
