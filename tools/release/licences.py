"""The licences of what the services' zips contain, which most of them require to come with each copy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, PackagePath, distribution
from typing import Final

from .errors import ReleaseError

__all__ = ["licence_texts", "licences_of"]

_NAMES: Final = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS")
_RULE: Final = "=" * 80


def licences_of(installed: Distribution) -> Iterator[PackagePath]:
    """Yield the licence files in the metadata of an installed distribution."""
    for file in sorted(installed.files or (), key=str):
        in_metadata = file.parts[0].endswith(".dist-info")
        if in_metadata and ("licenses" in file.parts or file.name.startswith(_NAMES)):
            yield file


def licence_texts(names: Iterable[str]) -> str:
    """Return the licences of distributions as one text.

    Raises
    ------
    ReleaseError
        If one is not installed, or has no licence in its metadata.
    """
    parts = ["The licences of the third-party software in the services' zips.\n"]
    for name in sorted(set(names)):
        try:
            installed = distribution(name)
        except PackageNotFoundError as error:
            raise ReleaseError(f"{name} is not installed; make install does it.") from error
        files = list(licences_of(installed))
        if not files:
            raise ReleaseError(f"{name} {installed.version} has no licence in its metadata.")
        for file in files:
            text = file.locate().read_text(encoding="utf-8").strip()  # type: ignore[attr-defined]
            parts.append(f"{_RULE}\n{name} {installed.version}: {file.name}\n{_RULE}\n\n{text}\n")
    return "\n".join(parts)
