"""The bill of materials of a release, in CycloneDX's JSON: what the wheels require and the zips contain."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, metadata, requires
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement

from tools.dependencies.locks import normalized, pins_of

from .errors import ReleaseError
from .versions import LIBRARIES, Version

__all__ = ["CHALICE", "PAGES", "bill_of_materials", "zip_contents"]

CHALICE: Final = "chalice"
PAGES: Final = "drf-spectacular-sidecar"
_IN_PART: Final = frozenset({CHALICE, PAGES})
"""The zips contain their modules that run there, and nothing that they require elsewhere."""
_OURS: Final = "Apache-2.0"


def _pins(root: Path, path: str) -> dict[str, str]:
    return {pin.name: pin.version for pin in pins_of((root / path).read_text(encoding="utf-8"))}


def zip_contents(root: Path, service: str) -> dict[str, str]:
    """Return the third-party software in a service's zip: versions by normalized name."""
    return {
        **_pins(root, f"services/{service}/requirements.txt"),
        CHALICE: _pins(root, "requirements/run.txt")[CHALICE],
        PAGES: _pins(root, "requirements/pages.txt")[PAGES],
    }


def bill_of_materials(
    root: Path,
    version: Version,
    moment: datetime,
    zips: Mapping[str, Iterable[Path]],
    wheels: Mapping[str, Path],
    hashes: Mapping[Path, str],
) -> str:
    """Return the document.

    Parameters
    ----------
    root
        The tree of the release.
    version
        Its version.
    moment
        Its time, with a time zone.
    zips, wheels
        The zips by service, the wheels by library.
    hashes
        The SHA-256 of these files.

    Raises
    ------
    ReleaseError
        If a library requires something that requirements/run.txt does not pin, or that is not installed.
    """
    bill = Bom()
    product = _component("inventory", version, ComponentType.APPLICATION)
    bill.metadata.component = product
    bill.metadata.timestamp = moment
    bill.serial_number = uuid5(NAMESPACE_URL, "\n".join(sorted(hashes.values())))
    tested = _pins(root, "requirements/run.txt")
    third_party = _ThirdParty(bill, tested)

    libraries = {
        library: _component(f"inventory-{library}", version, ComponentType.LIBRARY) for library in LIBRARIES
    }
    for library, component in libraries.items():
        component.hashes.add(HashType(alg=HashAlgorithm.SHA_256, content=hashes[wheels[library]]))
        component.purl = PackageURL("pypi", name=component.name, version=str(version))
        bill.components.add(component)
    for library, component in libraries.items():
        required = []
        for name in _required(root, library):
            if name.startswith("inventory-"):
                required.append(libraries[name.removeprefix("inventory-")])
            elif name in tested:
                required.append(third_party.component(name))
            else:
                raise ReleaseError(f"inventory-{library} requires {name}, which no lock pins.")
        bill.register_dependency(component, required)

    services = []
    for service, files in zips.items():
        contents = [
            third_party.component(name, pinned) for name, pinned in zip_contents(root, service).items()
        ]
        component = _component(f"inventory-{service}-service", version, ComponentType.APPLICATION)
        for file in files:
            component.properties.add(Property(name=f"sha256:{file.name}", value=hashes[file]))
        bill.components.add(component)
        bill.register_dependency(component, [libraries["common"], *contents])
        services.append(component)
    bill.register_dependency(product, [*libraries.values(), *services])
    return JsonV1Dot6(bill).output_as_string(indent=2) + "\n"


def _required(root: Path, library: str) -> list[str]:
    text = (root / "libs" / library / "pyproject.toml").read_text(encoding="utf-8")
    return [normalized(Requirement(line).name) for line in tomllib.loads(text)["project"]["dependencies"]]


def _component(name: str, version: Version, kind: ComponentType) -> Component:
    return Component(
        name=name,
        version=str(version),
        type=kind,
        bom_ref=f"{name}@{version}",
        licenses=[LicenseFactory().make_from_string(_OURS)],
    )


class _ThirdParty:
    """The components of third parties, each with what it requires."""

    def __init__(self, bill: Bom, tested: Mapping[str, str]) -> None:
        self._bill, self._tested = bill, tested
        self._found: dict[str, Component] = {}

    def component(self, name: str, version: str = "") -> Component:
        """Return a component, and add it and what it requires to the bill if they are not there yet."""
        if name in self._found:
            return self._found[name]
        version = version or self._tested[name]
        component = Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            bom_ref=f"{name}@{version}",
            purl=PackageURL("pypi", name=name, version=version),
        )
        if licence := _licence(name):
            component.licenses.add(LicenseFactory().make_from_string(licence))
        self._found[name] = component
        self._bill.components.add(component)
        required = () if name in _IN_PART else _requirements(name)
        self._bill.register_dependency(
            component, [self.component(each) for each in required if each in self._tested]
        )
        return component


def _requirements(name: str) -> list[str]:
    """Return the names of what an installed distribution requires on this machine."""
    found = map(Requirement, requires(name) or ())
    needed = (
        requirement
        for requirement in found
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""})
    )
    return [normalized(each.name) for each in needed]


def _licence(name: str) -> str | None:
    """Return the SPDX expression of an installed distribution, else its short licence field or classifier."""
    try:
        found = metadata(name)
    except PackageNotFoundError as error:
        raise ReleaseError(f"{name} is not installed; make install does it.") from error
    stated = [found[field] for field in ("License-Expression", "License") if field in found]
    classifiers = [each for each in found.get_all("Classifier") or () if each.startswith("License ::")]
    stated += [each.rpartition(" :: ")[2] for each in classifiers]
    return next((text for text in stated if text and "\n" not in text), None)
