"""The browser of the tests in tests/e2e: found, or (run as a program) installed.

One that is installed is used; else the system's packages are asked, which needs root; else
Playwright downloads its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PATIENCE_SECONDS = 900


def browser_path() -> Path | None:
    """The Chromium to drive, if there is one."""
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    return _playwrights_own()


def may_be_skipped() -> bool:
    """Whether browser tests may be left out where no browser can be had."""
    return os.environ.get("CI", "").lower() not in ("true", "1")


def main() -> int:
    for install in (None, _from_packages, _from_playwright):
        if install is not None:
            install()
        if found := browser_path():
            print(f"Browser tests drive {found}")
            return 0
    print("\n*** NO BROWSER CAN BE HAD HERE: the tests in tests/e2e cannot run. ***\n")
    return 0 if may_be_skipped() else 1


def _playwrights_own() -> Path | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() else None


def _from_packages() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        _try(["apt-get", "update", "-qq"], quiet)
        _try(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], quiet)


def _from_playwright() -> None:
    needs = ["--with-deps"] if os.geteuid() == 0 and shutil.which("apt-get") else []
    _try([sys.executable, "-m", "playwright", "install", *needs, "chromium"], {})


def _try(command: Sequence[str], environment: dict[str, str]) -> None:
    """What fails is not the end: the next way is tried, and `browser_path` judges."""
    print("$", " ".join(command), flush=True)
    try:
        subprocess.run(command, env=os.environ | environment, check=False, timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired as error:
        print(error)


if __name__ == "__main__":
    raise SystemExit(main())
