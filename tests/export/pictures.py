"""Pictures of the README: the network of the shipped graph, and a dossier in the explorer.

`PYTHONPATH=tests python tests/export/pictures.py DIRECTORY` writes them, each for light and for dark pages.
"""

import sys
import tempfile
from pathlib import Path

from support.browser import browsing, missing, opened

from kg.export.html.explorer import explorer
from kg.project.config import find_root
from kg.project.dataset import load

#: By name of the picture: fragment, size of the window, and the element shown (None for the whole window).
PICTURES = {
    "explorer": ("#unit:freedom-of-russia-legion", (1280, 800), None),
    "network": ("#network", (1500, 980), ".network"),
}


def main() -> None:
    """Write the pictures."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: PYTHONPATH=tests python {sys.argv[0]} DIRECTORY")
    if reason := missing():
        sys.exit(f"no pictures: {reason}")
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, browsing() as browser:
        file = Path(folder) / "explorer.html"
        file.write_text(explorer(load(find_root(Path(__file__).resolve().parent))), encoding="utf-8")
        for name, (fragment, size, part) in PICTURES.items():
            for scheme in ("light", "dark"):
                with opened(browser, file, fragment, size=size, scheme=scheme) as (page, _):
                    path = target / f"{name}{'' if scheme == 'light' else '-dark'}.png"
                    box = page.locator(part).bounding_box() if part else None
                    if box is None:
                        page.screenshot(path=path)
                        continue
                    page.evaluate("document.querySelector('.tools').style.display = 'none'")
                    x, y, width, height = (box[side] for side in ("x", "y", "width", "height"))
                    page.screenshot(
                        path=path, clip={"x": x - 6, "y": y - 6, "width": width + 12, "height": height + 12}
                    )


if __name__ == "__main__":
    main()
