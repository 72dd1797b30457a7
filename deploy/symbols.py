"""Removes from shared libraries what only debuggers read, a sixth of the largest one.

The loader uses an ELF file's program headers; the section headers, and the symbol and string tables that only
they refer to, come after everything that it maps.  Truncating the file there needs no tool for the target's
processor, and produces the same bytes on every machine.
"""

from __future__ import annotations

import struct
from typing import Final

_ELF64_LITTLE_ENDIAN: Final = b"\x7fELF\x02\x01"
_HEADER: Final = struct.Struct("<16sHHIQQQIHHHHHH")
_PROGRAM_HEADER: Final = struct.Struct("<IIQQQQQQ")


def without_symbols(library: bytes) -> bytes:
    """Return a shared library truncated after the last byte that the loader maps; other files unchanged."""
    if not library.startswith(_ELF64_LITTLE_ENDIAN):
        return library
    fields = list(_HEADER.unpack_from(library))
    program_offset, program_size, program_count = fields[5], fields[9], fields[10]
    end = program_offset + program_size * program_count
    for number in range(program_count):
        segment = _PROGRAM_HEADER.unpack_from(library, program_offset + number * program_size)
        file_offset, file_size = segment[2], segment[5]
        end = max(end, file_offset + file_size)
    fields[6] = 0  # where the section headers are
    fields[11:] = 0, 0, 0  # their size, their number, the one that names them
    return _HEADER.pack(*fields) + library[_HEADER.size : end]
