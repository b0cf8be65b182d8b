"""Text that every program can hold and show: control characters become visible."""

import re
from unicodedata import category

#: Separates several values in formats without lists.
BETWEEN = "; "

#: Character to picture: Unicode has U+2401 for U+0001 and so on; tab and line ends stay.
PICTURES = {chr(code): chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n\r"}
PICTURES |= {"\x7f": "\u2421", "\ufffe": "\ufffd", "\uffff": "\ufffd"}

_CONTROLS = re.compile(f"[{re.escape(''.join(PICTURES))}]")


def without_controls(text: str) -> str:
    """Return the text with pictures in place of the characters that XML forbids; its length stays."""
    return _CONTROLS.sub(lambda match: PICTURES[match[0]], text)


def visible(text: str) -> str:
    """Return the text on one line with control characters as escapes, which a terminal shows and does not obey."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else " " if char in "\n\t" or category(char) == "Zs" else f"\\x{ord(char):02x}"
        for char in text
    )
