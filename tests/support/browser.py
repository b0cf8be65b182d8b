"""A real browser without a window, for tests and pictures of the page, and what a page does in it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # not installed everywhere: `missing` says so
    from playwright.sync_api import Browser, Page

#: Nothing that Chromium does on its own account may reach for the network.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
#: Widths and heights of a desk and of a telephone.
DESK, TELEPHONE = (1440, 900), (390, 844)


def chromium() -> str | None:
    """Return the path of Chromium: KG_CHROMIUM, or what is found under its usual names."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("KG_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def missing() -> str:
    """Return why there is no browser to test with, or no words."""
    if find_spec("playwright") is None or find_spec("axe_playwright_python") is None:
        return "playwright and axe-playwright-python are not installed: pip install -e '.[dev]'"
    return "" if chromium() else "no Chromium is installed: apt-get install chromium, or set KG_CHROMIUM"


@contextmanager
def browsing() -> Iterator["Browser"]:
    """Give a running browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Watch:
    """What a page asked for, what of that was answered, and what it complained of."""

    requests: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@contextmanager
def opened(
    browser: "Browser",
    file: Path,
    fragment: str = "",
    *,
    size: tuple[int, int] = DESK,
    scheme: str = "light",
    audited: bool = False,
) -> Iterator[tuple["Page", Watch]]:
    """Open a file in a window of its own and give its page and watch; `audited` lets a script of ours run in it."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=audited,
        reduced_motion="reduce",
    )
    page, watch = context.new_page(), Watch()
    page.on("request", lambda request: watch.requests.append(request.url))
    page.on("response", lambda response: watch.answers.append(response.url))
    page.on("console", lambda message: watch.complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: watch.complaints.append(f"error: {error}"))
    page.goto(f"{file.as_uri()}{fragment}")
    page.locator("#status:not(:empty)").wait_for(state="attached")
    yield page, watch
    context.close()
