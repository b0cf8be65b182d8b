"""Which files a store was made from: their digests, and by what a file is known to be unchanged without reading it.

A file is taken as unchanged where its size, its times and its inode are those that were noted when it was read. A time
that is not older than the reading proves nothing, for the file may have changed again within the same tick of the
clock; of such a file nothing is noted, so that it is read again. Git's index does the same.
"""

import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from kg.project.dataset import held

#: How far back a time proves nothing, in nanoseconds: file systems count it in steps of up to two seconds.
COARSE = 2_000_000_000
#: What parts the entries; no name of a file has it.
_END = "\0"


@dataclass(frozen=True, slots=True)
class Records:
    """The files of a store by name, each with its digest and the mark by which it is known, "" for none.

    `state` is the digest of all names and digests; `gate` tells which gate was asked about the content, `refusal` what
    it said against it, or "".
    """

    state: str
    gate: str
    refusal: str
    digests: Mapping[str, str]
    marks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """The files of a project as they lie there: their marks by name, "" for none, and why some cannot be read."""

    marks: Mapping[str, str]
    faults: Mapping[str, str]


def seen(root: Path) -> Seen:
    """Return which files the project has, and what tells without reading whether one has changed."""
    marks: dict[str, str] = {}
    faults: dict[str, str] = {}
    for name, entry, fault in held(root):
        marks[name] = ""
        if entry is None or fault:
            faults[name] = fault
            continue
        try:
            found = entry.stat()
        except OSError:
            continue  # whoever reads it says why
        if stat.S_ISREG(found.st_mode):
            marks[name] = f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"
    return Seen(marks, faults)


def proven(mark: str, now: int) -> str:
    """Return the mark if it will still tell a later change of a file that was read `now` (nanoseconds), else ""."""
    return mark if mark and max(map(int, mark.split()[1:3])) < now - COARSE else ""


def digest(data: bytes) -> str:
    """Return the digest of a file's content."""
    import hashlib  # brings OpenSSL; a store in step needs no digests

    return hashlib.sha256(data).hexdigest()


def state(digests: Mapping[str, str]) -> str:
    """Return the digest of all names with their digests."""
    return digest(_END.join(part for pair in sorted(digests.items()) for part in pair).encode(errors="surrogateescape"))


def written(records: Records) -> bytes:
    """Return the records as they are kept."""
    parts = [records.state, records.gate, records.refusal]
    parts += (part for name, value in records.digests.items() for part in (name, value, records.marks.get(name, "")))
    data = _END.join(parts).encode(errors="surrogateescape")
    return b"%08x%s" % (crc32(data), data)


def read(data: bytes) -> Records:
    """Return records that were kept; raises ValueError where they are not whole."""
    if len(data) < 8 or data[:8] != b"%08x" % crc32(data[8:]):
        raise ValueError("not as written")
    state, gate, refusal, *files = data[8:].decode(errors="surrogateescape").split(_END)
    names = files[::3]
    return Records(
        *(state, gate, refusal),
        dict(zip(names, files[1::3], strict=True)),
        dict(zip(names, files[2::3], strict=True)),
    )
