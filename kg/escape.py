"""Text that any program can hold: signs that nobody would see, and that XML does not allow, become pictures."""

import re
from unicodedata import category

#: Between the parts of a value that has several, in formats without lists.
BETWEEN = "; "

#: Sign to picture: Unicode has U+2401 for U+0001 and so on; tab and line ends are left as they are.
PICTURES = {chr(code): chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n\r"}
PICTURES |= {"\x7f": "\u2421", "\ufffe": "\ufffd", "\uffff": "\ufffd"}

_UNSEEN = re.compile(f"[{re.escape(''.join(PICTURES))}]")


def without_controls(text: str) -> str:
    """Return the text with pictures in place of control characters; its length stays."""
    return _UNSEEN.sub(lambda found: PICTURES[found[0]], text)


def visible(text: str) -> str:
    """Return the text on one line, with control characters shown and not obeyed: a terminal runs them."""
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() else " " if one in "\n\t" or category(one) == "Zs" else f"\\x{ord(one):02x}"
        for one in text
    )
