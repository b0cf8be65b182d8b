"""The Spark session, started here or by `spark-submit`, and its failures as errors of one line."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kg.archive.parquet import installed
from kg.errors import OutsideError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@contextmanager
def session(master: str | None = None, log: Path | None = None) -> "Iterator[SparkSession]":
    """Yield a Spark session on the master ("local[4]", "spark://host:7077", "yarn"; by default "local[*]").

    A program that `spark-submit` started uses the session of that. Spark logs to `log`, or to standard error. Raises
    OutsideError if Spark is not installed, does not start or fails within the block.
    """
    _check_installed()
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException, PythonException

    try:
        spark = _started(master, log)
        try:
            yield spark
        finally:
            spark.stop()
    except PythonException as error:
        raise _of_worker(str(error)) from error
    except (PySparkException, Py4JError) as error:
        raise OutsideError(f"Spark failed: {why(str(error), log)}") from error
    except (ConnectionRefusedError, ConnectionResetError, EOFError) as error:
        raise OutsideError("Spark failed: its Java process has ended; start the command again") from error


def _check_installed() -> None:
    for package in ("pyspark", "pyarrow", "pandas"):
        if not installed(package):
            raise OutsideError(
                f"an archive needs Spark, but {package} is not installed: pip install 'hearsay-kg[spark]'"
            )
    if not _submitted():
        from shutil import which

        home = os.environ.get("JAVA_HOME")
        if which("java", path=f"{home}/bin" if home else None) is None:
            where = f"in JAVA_HOME, '{home}'" if home else "on the PATH"
            raise OutsideError(
                f"Spark needs Java 17 or later, but there is no java {where}: apt-get install default-jre-headless"
            )


def _submitted() -> bool:
    """Return whether `spark-submit` started this program."""
    return "PYSPARK_GATEWAY_PORT" in os.environ


def _started(master: str | None, log: Path | None) -> "SparkSession":
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    if _submitted():
        return SparkSession.builder.getOrCreate()
    settings = {"spark.app.name": "kg", "spark.master": master or "local[*]"}
    if settings["spark.master"].startswith("local["):
        # No other machine needs to reach the driver, and the workers must run this Python.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        settings |= {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
        # Java's second compiler costs more than it saves: 64 s of processor time against 36 s, at 250,000 claims.
        settings["spark.driver.extraJavaOptions"] = "-XX:TieredStopAtLevel=1"
        # Spark's default of 200 partitions is for clusters: here each would cost more than its work.
        settings["spark.sql.shuffle.partitions"] = str(2 * (os.cpu_count() or 1))
    conf = SparkConf().setAll(list(settings.items()))
    if log is None:
        return SparkSession(SparkContext(conf=conf))
    with log.open("ab") as file:
        return SparkSession(SparkContext(conf=conf, gateway=launch_gateway(conf, {"stderr": file})))


def why(text: str, log: Path | None) -> str:
    """Return in one line why Spark failed; if Spark did not start, the reason is in its log only."""
    if "Python worker exited unexpectedly" in text:
        return (
            "a worker ended, probably out of memory: give each worker memory for the background and the largest group"
        )
    lines = [line.strip() for line in text.splitlines()]
    # Java's exception is below the call that threw it.
    thrown = [line[2:] for line in lines if line.startswith(": ")] or [line for line in lines if line]
    unstarted = "JAVA_GATEWAY_EXITED" in text or "SparkContext" in text
    if log is not None and unstarted:
        with log.open(encoding="utf-8", errors="replace") as file:
            logged = [line.strip() for line in file if re.match(r"Error|Exception|Caused by|\S+ \S+ ERROR ", line)]
        thrown = logged or thrown
    return thrown[0] if thrown else "no reason given"


def _of_worker(text: str) -> Exception:
    """Return the error for a worker's traceback: a missing package or a lack of memory is not a bug."""
    last = next((line.strip() for line in reversed(text.splitlines()) if "Error" in line), text.strip())
    if last.startswith(("MemoryError", "ModuleNotFoundError", "ImportError", "OSError")):
        return OutsideError(f"a worker failed: {last}; each worker needs kg, its dependencies, and memory for a group")
    return RuntimeError(f"in a worker: {last}")
