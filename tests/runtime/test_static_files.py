"""Scripts, styles and icons: each is asked for once, and is never older than the page."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from inbox.assets import StaticFolder, static
from tests.cast import Cast, browser, sign_in

FOR_A_YEAR = "max-age=31536000, public, immutable"


def kept(app: Flask, address: str) -> str:
    with browser(app).get(address) as answer:
        assert answer.status_code == 200
        return answer.headers["Cache-Control"]


def test_a_page_names_its_files_by_their_version(app: Flask, cast: Cast) -> None:
    page = sign_in(app, cast.alice).get("/inbox").text
    addresses = re.findall(r'(?:href|src)="(/static/[^"#]+)', page)
    assert len(addresses) > 20
    for address in set(addresses):
        assert kept(app, address) == FOR_A_YEAR


def test_another_version_is_asked_for_again(app: Flask) -> None:
    ours = f"{static.address}/js/main.js"
    assert kept(app, ours) == FOR_A_YEAR
    for address in (re.sub("v-[0-9a-f]+", "v-0123456789ab", ours), "/static/js/main.js"):
        assert kept(app, address) == "no-cache"


def test_nothing_outside_the_folder_is_served(app: Flask) -> None:
    assert kept(app, f"{static.address}/favicon.svg")
    for name in ("../wsgi.py", "..%2Fwsgi.py", "v-0/../wsgi.py", "js", "v-0/js", "missing.js"):
        answer = browser(app).get(f"/static/{name}")
        assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


def test_who_edits_a_file_gets_it_at_the_next_load(tmp_path: Path) -> None:
    folder = StaticFolder(tmp_path, look_again_seconds=0)
    (tmp_path / "css").mkdir()
    edited = tmp_path / "css" / "list.css"
    versions = []
    for text in ("a {}", "b {}", "a {}"):
        edited.write_text(text)
        versions.append(folder.version())
    assert versions[0] == versions[2] != versions[1]
    (tmp_path / "css" / ".#list.css").symlink_to("somebody@somewhere.1234")
    assert folder.version() == versions[2]
    edited.rename(tmp_path / "css" / "other.css")
    assert folder.version() not in versions
