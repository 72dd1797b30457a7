"""The encoding of a file: by its byte order mark, as UTF-8, as a detector says, or else Windows-1252.

A file is UTF-8 if all of it is.  If some of its lines are UTF-8 and others are not, the fewer are wrong:
their rows are rejected, and never read as something else.  About everything else the detector is asked;
it is believed where it excludes Windows-1252, which it often cannot for short texts.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .sources import FileError, Open

__all__ = ["Encoding", "encoding_of", "named_encoding"]

_CHUNK_BYTES: Final = 1 << 16
_SAMPLE_MAX_BYTES: Final = 1 << 14
"""The bytes of lines that are not UTF-8 which the detector sees."""
_SURE_MIN_BYTES: Final = 12
"""With fewer bytes beyond ASCII the detector is not believed."""
_WIDE_MIN_SHARE: Final = 0.3
"""The share of zero bytes at every second place by which UTF-16 without a byte order mark is recognized."""
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE: Final = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
_WESTERN: Final = "cp1252"
_BELIEVED: Final = frozenset(
    {
        *("big5", "big5hkscs", "cp866", "cp874", "cp932", "cp949", "cp950", "euc_jp", "euc_kr", "gb18030"),
        *("cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "gb2312", "gbk"),
        *("iso8859_2", "iso8859_5", "iso8859_7", "iso8859_9", "koi8_r", "koi8_u", "shift_jis"),
    }
)
"""What shops' programs write.  Of others, such as those of old Macintoshes, the detector confuses several."""
_SHOWN: Final = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32",
}
_BEYOND_ASCII: Final = re.compile(rb"[\x80-\xff]")
_WORD: Final = re.compile(r"\w*[^\x00-\x7f]\w*")


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoding of a file.

    Attributes
    ----------
    name
        Its name in Python.
    mark
        The byte order mark with which the file begins.
    is_assumed
        Whether neither the bytes nor a person say that it is this one.
    sample
        A word of the file beyond ASCII as this encoding reads it, by which a person can check an assumption.
    """

    name: str
    mark: bytes = b""
    is_assumed: bool = False
    sample: str = ""

    @property
    def shown(self) -> str:
        """The name for people."""
        name = self.name.lower()
        if match := re.fullmatch(r"cp(125\d|874)", name):
            return f"Windows-{match[1]}"
        return _SHOWN.get(name, name.replace("_", "-"))

    @property
    def is_utf(self) -> bool:
        """Whether it is UTF-8, UTF-16 or UTF-32, which files show by themselves."""
        return self.name.startswith("utf")

    @property
    def errors(self) -> str:
        """How bytes are read that the encoding does not have.

        In others than UTF-16 and UTF-32 they become lone surrogates, so that only their row is rejected.
        """
        return "strict" if self.name in _WIDE else "surrogateescape"

    def open(self, content: Open) -> io.TextIOWrapper:
        """Open the text of a file behind its byte order mark, with the line breaks that it has."""
        opened = content()
        opened.read(len(self.mark))
        return io.TextIOWrapper(opened, encoding=self.name, errors=self.errors, newline="\n")


def named_encoding(name: str) -> Encoding:
    """Return a stated encoding, or raise `FileError` if there is none of that name."""
    try:
        known = codecs.lookup(name).name
        is_text = "a".encode(known).decode(known) == "a"
    except (LookupError, ValueError, TypeError) as error:
        raise FileError(f"{name!r} is not the name of an encoding, such as utf-8 or cp1252.") from error
    if not is_text or known in ("idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf-7"):
        raise FileError(f"{name!r} is not the name of an encoding of files, such as utf-8 or cp1252.")
    return Encoding("utf-8" if known == "utf-8-sig" else known)


def encoding_of(
    name: str, content: Open, *, stated: str | None = None, marked: str | None = None
) -> Encoding:
    """Return the encoding of a file.

    Parameters
    ----------
    name
        The name of the file in messages.
    stated
        The encoding that a person states.
    marked
        The encoding that a rejects file names in its header.

    Raises
    ------
    FileError
        If the stated encoding contradicts the file, or if none is stated and several could be meant.
    """
    with content() as opened:
        head = opened.read(_CHUNK_BYTES)
    mark = next((each for each in _MARKS if head.startswith(each[0])), None)
    if stated is not None:
        encoding = named_encoding(stated)
        if mark is None:
            return Encoding("utf-16-le") if encoding.name == "utf-16" else encoding
        if not mark[1].startswith(encoding.name):
            raise FileError(
                f"{name} begins with the byte order mark of {_SHOWN[mark[1]]}: its encoding is not {stated}."
            )
    if mark is not None:
        return Encoding(mark[1], mark[0])
    if wide := _unmarked_wide(head):
        return Encoding(wide, is_assumed=True)
    counts, sample = _lines_beyond_ascii(content)
    if counts[False] == 0 or counts[False] <= counts[True]:
        return Encoding("utf-8")
    if marked is not None:
        return named_encoding(marked)
    return _detected(name, sample)


def _unmarked_wide(head: bytes) -> str | None:
    half = len(head) // 2
    if half < 2:
        return None
    even, odd = head[0 : 2 * half : 2].count(0) / half, head[1 : 2 * half : 2].count(0) / half
    if odd >= _WIDE_MIN_SHARE and even < odd / 10:
        return "utf-16-le"
    if even >= _WIDE_MIN_SHARE and odd < even / 10:
        return "utf-16-be"
    return None


def _lines_beyond_ascii(content: Open) -> tuple[dict[bool, int], bytes]:
    """Count the lines beyond ASCII by whether they are UTF-8, and return a sample of those that are not."""
    counts = {True: 0, False: 0}
    sample = bytearray()
    for line in _lines(content):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            counts[False] += 1
            if len(sample) < _SAMPLE_MAX_BYTES:
                sample += line[: _SAMPLE_MAX_BYTES - len(sample)]
        else:
            counts[True] += 1
    return counts, bytes(sample)


def _lines(content: Open) -> Iterator[bytes]:
    """Yield the lines of a file; longer ones than a chunk in parts that no character spans in UTF-8."""
    with content() as opened:
        kept = b""
        while line := opened.readline(_CHUNK_BYTES):
            line = kept + line
            kept = b""
            if not line.endswith(b"\n") and len(line) >= _CHUNK_BYTES:
                # The last character may be incomplete: it belongs to the next part.
                end = len(line)
                while end > len(line) - 4 and line[end - 1] & 0xC0 == 0x80:
                    end -= 1
                if line[end - 1] >= 0xC0:
                    end -= 1
                line, kept = line[:end], line[end:]
            yield line
        if kept:
            yield kept


def _detected(name: str, sample: bytes) -> Encoding:
    from charset_normalizer import from_bytes

    beyond = len(_BEYOND_ASCII.findall(sample))
    matches = list(from_bytes(sample, cp_exclusion=["utf_8", "utf_7", "utf_16", "utf_32"]))
    candidates = [each for match in matches for each in match.could_be_from_charset]
    is_western = _WESTERN in candidates or not candidates or beyond < _SURE_MIN_BYTES
    if is_western and _reads(sample, _WESTERN):
        return Encoding(_WESTERN, is_assumed=True, sample=_word(sample, _WESTERN))
    best = [each for each in matches[0].could_be_from_charset if each in _BELIEVED] if matches else []
    if best and _reads(sample, best[0]):
        return Encoding(best[0], is_assumed=True, sample=_word(sample, best[0]))
    read = {each: _word(sample, each) for each in (*candidates[:3], _WESTERN) if _reads(sample, each)}
    listed = ", ".join(f"{each} reads {word!r}" for each, word in read.items())
    raise FileError(f"{name} is not UTF-8, and its encoding is not certain: state --encoding ({listed}).")


def _reads(sample: bytes, encoding: str) -> bool:
    try:
        sample.decode(encoding)
    except ValueError:
        return False
    return True


def _word(sample: bytes, encoding: str) -> str:
    match = _WORD.search(sample.decode(encoding, errors="replace"))
    return match.group()[:30] if match else ""
