"""Nothing that is posted reaches the house's own network, follows anybody elsewhere, or waits for ever."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from loanloom.services.running import outward
from loanloom.services.running.outward import NotReached


@contextmanager
def answering(*parts: bytes, pause: int = 0) -> Iterator[tuple[str, list[bytes]]]:
    """A machine that answers one connection with these bytes, part by part, and what it was sent."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            try:
                peer, _ = server.accept()
            except OSError:
                return
            with peer:
                heard.append(peer.recv(65536))
                for part in parts:
                    try:
                        peer.sendall(part)
                    except OSError:
                        return
                    time.sleep(pause)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/take?x=1", heard


PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
    "2002:7f00:1::", "ff02::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_a_private_network_is_none_of_the_internet(address):
    assert not outward.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_an_address_of_the_internet_is(address):
    assert outward.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_into_a_private_network_is_not_connected_to(address):
    with pytest.raises(NotReached, match="private network"):
        outward.post("https://example.org/", b"{}", {}, names=lambda *_: [address])


def test_one_private_address_among_public_ones_is_enough_to_refuse():
    with pytest.raises(NotReached, match="private network"):
        outward.post("https://example.org/", b"{}", {}, names=lambda *_: ["8.8.8.8", "127.0.0.1"])


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "https://", "https://user:word@example.org/", "ftp://example.org/", "https://example.org:0/",
        "https://127.0.0.1/", "https://[::1]/", "https://example.org/#x", "https://example.org/a b", "file:///etc/passwd",
        "https://example.org/\r\nX: y", "https://example.org:99999/", "https://example.org\\@10.0.0.1/", "javascript:x",
        "https://" + "a" * 500,
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_when_it_is_entered(url):
    with pytest.raises(ValueError):
        outward.door(url)


@pytest.mark.parametrize(
    "spelling", ["https://2130706433/", "https://0x7f.1/", "https://017700000001/", "https://localhost/"]
)
def test_odd_spellings_of_this_machine_are_found_out_when_they_are_looked_up(spelling):
    with pytest.raises(NotReached, match=r"private network|could not be looked up"):
        outward.post(spelling, b"{}", {})


def test_it_is_posted_to_the_address_that_was_looked_at():
    with answering(b"HTTP/1.1 204 No Content\r\n\r\n") as (url, heard):
        asked = []

        def names(host: str, port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"]

        outward.post(url.replace("127.0.0.1", "receiver.test"), b'{"a":1}', {"X-Mark": "m"}, private=True, names=names)
    assert asked == ["receiver.test"]
    head, _, body = heard[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /take?x=1 HTTP/1.1\r\n") and b"Host: receiver.test:" in head and b"X-Mark: m" in head
    assert body in (b"", b'{"a":1}')


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n", b"HTTP/1.1 500 No\r\n\r\n", b"nonsense\r\n\r\n",
        b"", b"HTTP/1.1 404 No\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500,
    ],
)  # fmt: skip
def test_anything_but_success_is_a_failure_and_nothing_is_followed(answer):
    with answering(answer) as (url, _), pytest.raises(NotReached):
        outward.post(url, b"{}", {}, private=True)


def test_who_answers_a_letter_a_second_is_left_in_time():
    began = time.monotonic()
    with answering(*[b"H"] * 30, pause=1) as (url, _), pytest.raises(NotReached, match="in time"):
        outward.post(url, b"{}", {}, private=True, seconds=2)
    assert time.monotonic() - began < 8


def test_who_never_answers_is_left_in_time():
    began = time.monotonic()
    with answering(b"", pause=30) as (url, _), pytest.raises(NotReached, match="in time"):
        outward.post(url, b"{}", {}, private=True, seconds=1)
    assert time.monotonic() - began < 8


def test_a_name_that_is_not_answered_is_left_in_time(monkeypatch):
    monkeypatch.setattr(outward, "LOOK_UP_SECONDS", 1)
    with pytest.raises(NotReached, match="in time"):
        outward.post("https://example.org/", b"{}", {}, names=lambda *_: time.sleep(5) or [])


def test_too_much_is_not_sent():
    with pytest.raises(NotReached, match="more to send"):
        outward.post("https://example.org/", b"x" * 70_000, {}, names=lambda *_: ["8.8.8.8"])


def test_a_certificate_of_somebody_else_is_no_connection():
    with answering(b"HTTP/1.1 200 OK\r\n\r\n") as (url, _), pytest.raises(NotReached):
        outward.post(url.replace("http:", "https:"), b"{}", {}, private=True, seconds=3)
