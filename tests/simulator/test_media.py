"""The files behind attachment URLs: real ones, and ones that go wrong on purpose."""

import io
import json
import shutil
import subprocess
import wave
import zlib

import pytest
import requests

from inbox.simulator.pictures import DRAWN, portrait
from inbox.simulator.server import Simulator

STARTS = {
    "vase.png": b"\x89PNG\r\n",
    "workshop.jpg": b"\xff\xd8\xff",
    "wheel.gif": b"GIF89a",
    "voice.mp3": b"ID3",
    "price-list.pdf": b"%PDF-",
}


@pytest.mark.parametrize("name", STARTS)
def test_files_are_what_their_type_says(meta: Simulator, name: str) -> None:
    answer = requests.get(meta.media_url(name), timeout=10)
    assert answer.status_code == 200
    assert answer.content.startswith(STARTS[name])


def test_the_video_is_an_mp4_and_can_be_had_in_parts(meta: Simulator) -> None:
    whole = requests.get(meta.media_url("kiln.mp4"), timeout=10)
    assert whole.content[4:8] == b"ftyp"
    part = requests.get(meta.media_url("kiln.mp4"), headers={"Range": "bytes=100-199"}, timeout=10)
    assert (part.status_code, part.content) == (206, whole.content[100:200])


def test_the_sound_has_its_length(meta: Simulator) -> None:
    with wave.open(
        io.BytesIO(requests.get(meta.media_url("bell.wav"), timeout=10).content)
    ) as bell:
        assert bell.getnframes() / bell.getframerate() == pytest.approx(2, abs=0.1)


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed")
@pytest.mark.parametrize(("name", "seconds"), [("kiln.mp4", 4), ("voice.mp3", 6)])
def test_players_can_tell_the_length(meta: Simulator, name: str, seconds: float) -> None:
    command = ["ffprobe", "-v", "error", "-show_format", "-of", "json", meta.media_url(name)]
    told = subprocess.run(command, capture_output=True, check=True, timeout=30).stdout
    assert float(json.loads(told)["format"]["duration"]) == pytest.approx(seconds, abs=0.3)


@pytest.mark.parametrize("name", DRAWN)
def test_drawn_pictures_are_whole_pngs(meta: Simulator, name: str) -> None:
    picture = requests.get(meta.media_url(name), timeout=10).content
    width, height = (int.from_bytes(picture[at : at + 4], "big") for at in (16, 20))
    start = picture.index(b"IDAT")
    length = int.from_bytes(picture[start - 4 : start], "big")
    pixels = zlib.decompress(picture[start + 4 : start + 4 + length])
    assert len(pixels) == height * (1 + 3 * width)


def test_everybody_has_a_face_of_their_own(meta: Simulator) -> None:
    faces = {portrait(f"Person {number}") for number in range(30)}
    assert len(faces) > 25
    assert portrait("Eva") == portrait("Eva")


@pytest.mark.parametrize("status", [403, 404, 410])
def test_an_expired_address(meta: Simulator, status: int) -> None:
    answer = requests.get(meta.media_url("vase.png") + f"?status={status}", timeout=10)
    assert answer.status_code == status


def test_a_redirect_to_anywhere(meta: Simulator) -> None:
    target = "http://169.254.169.254/latest/meta-data"
    answer = requests.get(
        meta.media_url("vase.png"), params={"redirect": target}, allow_redirects=False, timeout=10
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, target)


def test_a_wrong_type_and_a_disguise(meta: Simulator) -> None:
    answer = requests.get(meta.media_url("vase.png") + "?type=text/html", timeout=10)
    assert answer.headers["Content-Type"].startswith("text/html")
    disguised = requests.get(meta.media_url("page.png"), timeout=10)
    assert disguised.headers["Content-Type"] == "image/png"
    assert b"<script>" in disguised.content
    assert b"<script>" in requests.get(meta.media_url("script.svg"), timeout=10).content


def test_a_stream_larger_than_it_should_be(meta: Simulator) -> None:
    with requests.get(
        meta.media_url("vase.png") + "?size=40000000", stream=True, timeout=10
    ) as answer:
        assert "Content-Length" not in answer.headers
        assert sum(len(piece) for piece in answer.iter_content(1 << 20)) == 40_000_000


def test_a_length_that_lies(meta: Simulator) -> None:
    answer = requests.get(meta.media_url("vase.png") + "?length=99999999", stream=True, timeout=10)
    assert answer.headers["Content-Length"] == "99999999"
    answer.close()


@pytest.mark.parametrize("name", ["nothing.png", "..%2Fserver.py", ".hidden", "%2Fetc%2Fpasswd"])
def test_only_files_of_the_shelf_are_served(meta: Simulator, name: str) -> None:
    assert requests.get(meta.media_url(name), timeout=10).status_code in (400, 404)


def test_an_uploaded_file_can_be_fetched(meta: Simulator) -> None:
    kept = requests.post(
        f"{meta.url}/simulator/media",
        files={"file": ("me.jpg", b"\xff\xd8\xff-picture", "image/jpeg")},
        timeout=10,
    ).json()
    answer = requests.get(kept["url"], timeout=10)
    assert (answer.content, answer.headers["Content-Type"]) == (
        b"\xff\xd8\xff-picture",
        "image/jpeg",
    )
