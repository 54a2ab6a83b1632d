"""The README's pictures, taken of the demo by `make pictures` (needs Chromium, and many fonts).

The demo is the same each time, so a picture changes only when a page does.
"""

import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
DUNWELL = Path(sys.executable).with_name("dunwell")
PORT = 8471
ADDRESS = f"http://127.0.0.1:{PORT}"
TODAY = "2025-12-16"

PICTURES: Mapping[str, tuple[str, str, str, dict[str, Any]]] = {
    "tasks": ("agent", "/tasks", "tbody a", {}),
    "bill-unit": ("agent", "/bill-units/100158-1", "", {}),
    "nights": ("manager", "/manager/nights", "", {}),
    "configuration": (
        "policy_owner",
        "/configuration/scenarios",
        'role=link[name="Standard"s]',
        {"color_scheme": "dark"},
    ),
}
"""By file: who looks at which page, and opens what on it."""


def take(folder: Path) -> None:
    """Write every picture into the folder."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "DUNWELL_HOME": home}
        told = subprocess.run(  # noqa: S603 - our own command
            [DUNWELL, "demo"], env=environment, capture_output=True, text=True, check=True
        ).stdout
        passwords = dict(re.findall(r"^(\w+)\s+(\S{20})$", told, re.MULTILINE))
        environment |= {"DUNWELL_HOME": f"{home}/demo", "DUNWELL_BUSINESS_DATE": TODAY}
        with _served(environment), sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox"] if os.getuid() == 0 else []
            )
            for name in PICTURES:
                _take(browser, passwords, name, folder / f"{name}.png")
            browser.close()


@contextlib.contextmanager
def _served(environment: Mapping[str, str]) -> Iterator[None]:
    command = [str(DUNWELL), "serve", "--port", str(PORT)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as server:  # noqa: S603 - our own command
        try:
            for _ in range(100):
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"{ADDRESS}/healthz")  # noqa: S310 - our own address
                    break
                time.sleep(0.2)
            yield
        finally:
            server.terminate()


def _take(browser: Browser, passwords: Mapping[str, str], name: str, path: Path) -> None:
    who, address, opened, view = PICTURES[name]
    context = browser.new_context(
        **{"viewport": {"width": 1280, "height": 760}, "locale": "en-US", **view}
    )
    page = context.new_page()
    page.goto(ADDRESS)
    page.fill("input[name=login]", who)
    page.fill("input[name=password]", passwords[who])
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state("networkidle")
    page.goto(f"{ADDRESS}{address}", wait_until="networkidle")
    if opened:
        page.locator(opened).first.click()
        page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    page.screenshot(path=path)
    context.close()


if __name__ == "__main__":
    take(Path("docs/pictures"))
