"""Chromium without a window, and a record of what a page requests and logs in it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # not installed everywhere: see `missing`
    from playwright.sync_api import Browser, Page

#: Chromium itself must not use the network.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
#: Widths and heights of a desktop and of a telephone, in pixels.
DESK, TELEPHONE = (1440, 900), (390, 844)


def chromium() -> str | None:
    """Return the path of Chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


def missing() -> str:
    """Return why no browser can be tested with, or ""."""
    if find_spec("playwright") is None or find_spec("axe_playwright_python") is None:
        return "playwright and axe-playwright-python are not installed: pip install -e '.[dev]'"
    return "" if chromium() else "no Chromium is installed: apt-get install chromium"


@contextmanager
def browsing() -> Iterator["Browser"]:
    """Yield a running browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Watch:
    """The URLs that a page requested, those that were answered, and its messages and errors."""

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
    """Open a file in a new window and yield page and record; `audited` lets a script of the test run in it."""
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
