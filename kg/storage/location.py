"""The directory of a project's index: in the user's cache, or where the call says."""

import os
import re
from contextlib import suppress
from pathlib import Path
from zlib import crc32

from kg import __version__
from kg.errors import KgError
from kg.project.config import settings
from kg.storage.lock import LOCK
from kg.storage.manifest import FORMAT
from kg.storage.snapshots import RECORDS

MODES = ("auto", "on", "off")
_ALLOWED = '"auto", "on" or "off"'


def directory_in_use(root: Path, mode: str | None) -> Path | None:
    """Return the directory of the index that a command reads, None where it reads the files.

    `mode` is an index mode or a path; without one the configuration of the project counts, and then "auto". Raises
    KgError for another mode, SourceError for another one in the configuration.
    """
    mode = _checked(root, mode)
    if mode == "off":
        return None
    directory = _directory(root, mode)
    with suppress(OSError):  # the cache may be that of another user, who lets nobody look into it
        # An index that is being built for the first time, or whose build was killed, is none yet.
        return None if mode == "auto" and not any(directory.glob(f"*/{RECORDS}")) else directory
    return None


def directory_of(root: Path, mode: str | None) -> Path:
    """Return the directory in which an index is, or would be; raises KgError as `directory_in_use`."""
    return _directory(root, _checked(root, mode))


def is_off(root: Path, mode: str | None) -> bool:
    """Return whether no command uses an index; raises KgError as `directory_in_use`."""
    return _checked(root, mode) == "off"


def other_versions(root: Path, directory: Path) -> list[Path]:
    """Return the directories of indexes that other versions of kg keep of the project; none outside the cache."""
    home = _home(root)
    return sorted(
        lock.parent for lock in home.glob(f"*/{LOCK}") if directory.parent == home and lock.parent != directory
    )


def delete_empty(root: Path) -> None:
    """Delete the project's directory in the cache if there is no index in it."""
    with suppress(OSError):
        _home(root).rmdir()


def _checked(root: Path, mode: str | None) -> str:
    if mode is None:
        return _configured(root)
    if mode in MODES or os.sep in mode or Path(mode).is_absolute():
        return mode
    from kg.rdf.namespaces import nearest

    near = nearest(mode.lower(), MODES)
    meant = f"; did you mean '{near}'?" if near else f", such as './{mode}'" if mode else ""
    raise KgError(f"'{mode}' is not an index mode: expected auto, on, off, or the path of a directory{meant}")


def _configured(root: Path) -> str:
    """Return the mode in the configuration, which names no directory: a project writes nothing outside itself."""
    own = settings(root)
    if own is None:
        return "auto"
    if "store" in own.values:
        raise own.error("store", f"'store' in [tool.kg] is replaced by 'index', which is {_ALLOWED}")
    mode = own.values.get("index", "auto")
    if isinstance(mode, str) and mode in MODES:
        return mode
    from kg.rdf.namespaces import nearest

    near = nearest(mode.lower(), MODES) if isinstance(mode, str) else None
    hint = f"; did you mean '{near}'?" if near else "; a directory is named with --index or KG_INDEX" if mode else ""
    raise own.error("index", f"'index' in [tool.kg] is not {_ALLOWED}{hint}")


def _directory(root: Path, mode: str) -> Path:
    return _home(root) / f"{__version__}-{FORMAT}" if mode in MODES else Path(mode)


def _home(root: Path) -> Path:
    """Return the directory in the user's cache for the indexes of a project, of every version."""
    from platformdirs import user_cache_path

    project = root.resolve()
    name = re.sub(r"[^\w.-]+", "-", project.name, flags=re.ASCII)[:40]
    return user_cache_path("hearsay", appauthor=False) / f"{name}-{crc32(os.fsencode(project)):08x}"
