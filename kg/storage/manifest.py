"""The records of an index: the files that it was built from, and how to recognise an unchanged file without reading it.

A file counts as unchanged if its size, times and inode are those noted when it was read. A time that is not older than
the reading proves nothing, because the file may have changed again within the same tick of the clock; for such a file
nothing is noted, so that it is read again. Git's index does the same.
"""

import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from kg.project.dataset import source_entries

#: The version of the records and of the directory around them; a change of either counts it up.
FORMAT = 2
#: How far back a time proves nothing, in nanoseconds: file systems count it in steps of up to two seconds.
COARSE = 2_000_000_000
_HEAD = "hearsay-index"
#: Separates the entries; no file name contains it.
_END = "\0"


@dataclass(frozen=True, slots=True)
class Records:
    """The files of an index by name, each with its digest and the mark that recognises it, "" for none.

    `project` is the directory of the project, `state` the digest of all names and digests, `gate` the edition of the
    privacy gate that judged the content, `refusal` its verdict or "".
    """

    project: str
    state: str
    gate: str
    refusal: str
    digests: Mapping[str, str]
    marks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """The files of a project on disk: their marks by name, "" for none, and why some cannot be read."""

    marks: Mapping[str, str]
    faults: Mapping[str, str]


def seen(root: Path) -> Seen:
    """Return the files of the project with marks that show, without reading a file, whether it has changed."""
    marks: dict[str, str] = {}
    faults: dict[str, str] = {}
    for name, entry, fault in source_entries(root):
        marks[name] = ""
        if entry is None or fault:
            faults[name] = fault
            continue
        try:
            status = entry.stat()
        except OSError:
            continue  # the reader says why
        if stat.S_ISREG(status.st_mode):
            marks[name] = f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}"
    return Seen(marks, faults)


def proven(mark: str, now: int) -> str:
    """Return the mark if it reveals a later change of a file that was read `now` (nanoseconds), else ""."""
    return mark if mark and max(map(int, mark.split()[1:3])) < now - COARSE else ""


def digest(data: bytes) -> str:
    """Return the digest of a file's content."""
    import hashlib  # brings OpenSSL; an index in step needs no digests

    return hashlib.sha256(data).hexdigest()


def state(digests: Mapping[str, str]) -> str:
    """Return the digest of all names with their digests."""
    return digest(_END.join(part for pair in sorted(digests.items()) for part in pair).encode(errors="surrogateescape"))


def written(records: Records) -> bytes:
    """Return the records as the bytes of their file."""
    parts = [records.project, records.state, records.gate, records.refusal]
    parts += (part for name, value in records.digests.items() for part in (name, value, records.marks.get(name, "")))
    data = _END.join(parts).encode(errors="surrogateescape")
    return b"%s %d %08x\n%s" % (_HEAD.encode(), FORMAT, crc32(data), data)


def format_of(data: bytes) -> int:
    """Return the format of records; raises ValueError if they are damaged."""
    head, number, *_ = data.partition(b"\n")[0].decode("ascii").split(" ")
    if head != _HEAD:
        raise ValueError("no records")
    return int(number)


def read(data: bytes) -> Records:
    """Return the records in the bytes of their file, of this format; raises ValueError if they are damaged."""
    head, _, data = data.partition(b"\n")
    if head != b"%s %d %08x" % (_HEAD.encode(), FORMAT, crc32(data)):
        raise ValueError("the checksum differs")
    project, state, gate, refusal, *files = data.decode(errors="surrogateescape").split(_END)
    names = files[::3]
    return Records(
        *(project, state, gate, refusal),
        dict(zip(names, files[1::3], strict=True)),
        dict(zip(names, files[2::3], strict=True)),
    )
