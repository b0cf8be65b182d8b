"""Spark on this machine, for tests of what it does with an archive."""

import os
import shutil
from importlib.util import find_spec


def missing() -> str:
    """Return why there is no Spark to test with, or no words."""
    if any(find_spec(name) is None for name in ("pandas", "pyarrow", "pyspark")):
        return "pyspark is not installed: pip install -e '.[spark]'"
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin" if home else None)
    return "" if found else "no Java is installed: apt-get install default-jre-headless"
