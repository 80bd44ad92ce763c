"""Where files may be fetched from: attack 2 of the plan's list, one form after the other."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import requests

from inbox.meta.files.media import download
from inbox.meta.files.media_address import is_public, place_of
from inbox.meta.files.media_errors import MediaRefusedError, MediaUnavailableError
from tests.files.conftest import Copying
from tests.files.file_server import PNG, FileServer, redirect_to, serving

META = ["fbcdn.net", "fbsbx.com", "cdninstagram.com"]
PUBLIC = "157.240.22.25"


class Resolver:
    """Answers these addresses, one list after the other; `asked` counts."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = answers
        self.asked = 0

    def __call__(self, *_: object) -> Sequence[str]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


@pytest.mark.parametrize(
    "url",
    [
        "https://scontent.xx.fbcdn.net/v/t1.15752-9/1.jpg?_nc_cat=1&oh=00_Af&oe=1",
        "https://fbcdn.net/a",
        "http://cdn.fbsbx.com:80/a",
        "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1&signature=Ab%2Fc~d",
        "HTTPS://SCONTENT.CDNINSTAGRAM.COM/a",
    ],
)
def test_metas_file_servers_are_asked_at_the_address_found(url: str) -> None:
    place = place_of(url, META, Resolver([PUBLIC]))
    assert place.addresses == (PUBLIC,)
    assert place.target.startswith("/")


@pytest.mark.parametrize(
    "url",
    [
        "https://evilfbcdn.net/a",
        "https://fbcdn.net.evil.example/a",
        "https://fbcdn.net@evil.example/a",
        "https://evil.example#@fbcdn.net/a",
        "https://evil.example\\@fbcdn.net/a",
        "https://evil.example/fbcdn.net",
        "https://a.fbcdn.net./a",
        "https://user:password@a.fbcdn.net/a",
        "https://a.fbcdn.net:8443/a",
        "https://a.fbcdn.net:/a",
        "https://a_b.fbcdn.net/a",
        "https://a.fbcdn%2enet/a",
        "https://a.fbcdn\u3002net/a",
        "https://a.\uff46bcdn.net/a",
        "https://a.fbcdn.net\t.evil.example/a",
        "https://loo\u212aaside.fbsbx.com/a",  # a Kelvin sign, which is k in lower case
        "https:///a.fbcdn.net/a",
        "https://a..fbcdn.net/a",
        "ftp://a.fbcdn.net/a",
        "file:///etc/passwd",
        "javascript://a.fbcdn.net/%0aalert(1)",
        "//a.fbcdn.net/a",
        "a.fbcdn.net/a",
        "https://a.fbcdn.net/a\r\nHost: evil.example",
        "https://a.fbcdn.net:99999999/a",
        "https://[::ffff:127.0.0.1/a",
        "",
    ],
)
def test_what_only_looks_like_one_of_them_is_refused(url: str) -> None:
    resolver = Resolver([PUBLIC])
    with pytest.raises(MediaRefusedError):
        place_of(url, META, resolver)
    assert resolver.asked == 0


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001"),
        *("0", "0.0.0.0", "localhost", "localhost.", "LOCALHOST", "[::1]", "[::]"),
        *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]"),
        *("[2002:7f00:1::]", "[fe80::1]", "[fe80::1%25lo]", "[fd00::1]", "[ff02::1]"),
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "224.0.0.1"),
        *("①②⑦.0.0.1", "127。0。0。1", "user@127.0.0.1", "127.0.0.1#.fbcdn.net"),
    ],
)
def test_no_spelling_of_a_private_address_is_fetched_from(
    copying: Copying, forbidden: FileServer, host: str
) -> None:
    forbidden.gives("/file")
    assert requests.get(forbidden.url("/file"), timeout=5).content == PNG, "it does answer"
    forbidden.asked.clear()
    for url in (f"http://{host}:{forbidden.port}/file", f"http://{host}/file"):
        assert copying.copied(url)["copy_state"] == "REFUSED"
    assert forbidden.asked == []


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.255.254", "10.1.2.3", "172.31.255.255", "192.168.0.1", "0.0.0.0"),
        *("169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.0.2.1"),
        *("192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1"),
        *("255.255.255.255", "::1", "::", "::ffff:8.8.8.8", "::8.8.8.8", "64:ff9b::8.8.8.8"),
        *("64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:808:808::1", "3fff::1"),
        *("5f00::1", "fc00::1", "fdff::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff0e::1"),
        "no address",
    ],
)
def test_a_name_that_leads_to_such_an_address_is_refused(address: str) -> None:
    assert not is_public(address)
    for answer in ([address], [PUBLIC, address]):
        with pytest.raises(MediaRefusedError, match="private network"):
            place_of("https://a.fbcdn.net/a", META, Resolver(answer))


@pytest.mark.parametrize("address", [PUBLIC, "2a03:2880:f12f:83:face:b00c:0:25de", "8.8.8.8"])
def test_public_addresses_are_known_as_such(address: str) -> None:
    assert is_public(address)


def test_a_name_without_an_address_is_tried_again_later() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError("Name or service not known")

    with pytest.raises(MediaUnavailableError):
        place_of("https://a.fbcdn.net/a", META, unknown)


def test_a_name_is_looked_up_once_and_the_answer_is_what_we_connect_to() -> None:
    (server,) = servers = [next(serving("127.0.0.2"))]
    try:
        server.gives("/file")
        entry = f"localhost:{server.port}"
        # The system would answer 127.0.0.1, where nobody listens; a second look-up, 127.0.0.3.
        resolver = Resolver(["127.0.0.2"], ["127.0.0.3"])
        url = f"http://{entry}/file"
        assert download(url, hosts=[entry], resolve=resolver) == PNG
        assert resolver.asked == 1
        assert server.headers["Host"] == entry
    finally:
        for each in servers:
            each.stop()


def test_a_name_that_changes_its_answer_between_two_requests_is_judged_again(
    server: FileServer, forbidden: FileServer
) -> None:
    """DNS rebinding: the first answer is fine, the second leads home."""
    entry = f"localhost:{server.port}"
    server.answers("/first", redirect_to("/second"))
    server.gives("/second")
    home = Resolver(["127.0.0.1"], ["10.0.0.1"])
    with pytest.raises(MediaRefusedError, match="private network"):
        download(f"http://{entry}/first", hosts=[entry], resolve=home)
    assert server.asked == ["/first"]
    steady = Resolver(["127.0.0.1"])
    assert download(f"http://{entry}/first", hosts=[entry], resolve=steady) == PNG


@pytest.mark.parametrize(
    "target",
    [
        "http://{forbidden}/file",
        "//{forbidden}/file",
        "http://localhost:{port}/file",
        "http://[::ffff:127.0.0.1]:{port}/file",
        "http://2130706433:{port}/file",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "http://user@{allowed}/file",
        "http://[/file",
    ],
)
def test_a_redirect_is_judged_like_the_first_address(
    copying: Copying, server: FileServer, forbidden: FileServer, target: str
) -> None:
    forbidden.gives("/file")
    server.gives("/file")
    location = target.format(forbidden=forbidden.netloc, port=forbidden.port, allowed=server.netloc)
    row = copying.copied(server.answers("/first", redirect_to(location)))
    assert row["copy_state"] == "REFUSED"
    assert (server.asked, forbidden.asked) == (["/first"], [])


def test_an_entry_permits_its_own_port_and_no_other(
    server: FileServer, forbidden: FileServer
) -> None:
    server.gives("/file")
    forbidden.gives("/file")
    assert download(server.url("/file"), hosts=[server.netloc]) == PNG
    for hosts in ([server.netloc], ["127.0.0.1"], ["localhost"], ["0.0.1"], ["1"], [""]):
        with pytest.raises(MediaRefusedError):
            download(forbidden.url("/file"), hosts=hosts)
    assert forbidden.asked == []


def test_localhost_is_permitted_only_while_it_is_this_machine() -> None:
    with pytest.raises(MediaRefusedError):
        place_of("http://localhost:81/a", ["localhost:81"], Resolver(["192.168.0.1"]))
