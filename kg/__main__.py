"""The entry of `kg`: runs one call and ends the process."""

import os
import sys
from typing import NoReturn

from kg.cli.main import run
from kg.cli.sources import is_reading


def main() -> NoReturn:
    """Run `kg` and exit."""
    code = run()
    if is_reading():  # Python would wait for the end of a reading that nobody needs
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    main()
