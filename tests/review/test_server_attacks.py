"""Requests that no page of ours sends: refused at once, with all headers; nothing is reached."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from pipeline.review import server as module
from pipeline.review.server import ReviewServer
from tests.review.test_server import GOOD, JSON, MEDIA, ask, server

__all__ = ["server"]


def raw(server: ReviewServer, request: bytes, *, lines: int = 100) -> list[str]:
    """What the server answers to these bytes, until it hangs up."""
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as connection:
        connection.sendall(request)
        answer = b""
        while block := connection.recv(65536):
            answer += block
    return answer.decode("latin-1").split("\r\n")[:lines]


def head(server: ReviewServer, line: str, *headers: str) -> bytes:
    own = (f"Host: 127.0.0.1:{server.server_port}", "Connection: close")
    return "\r\n".join([line, *own, *headers, "", ""]).encode("latin-1")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.0.0.1:80", "127.0.0.1:{port}:80", "127.0.0.1:0{port}",
        "127.0.0.1.:{port}",
        "127.0.0.1:{port}@evil.example", "evil.example@127.0.0.1:{port}", "localhost:{port}",
        "127.1:{port}", "0.0.0.0:{port}", "[::1]:{port}", "2130706433:{port}", "rebound.example",
        "127.0.0.1:{port}/", " ", "",
    ],
)  # fmt: skip
def test_names_that_a_rebound_page_would_have(server: ReviewServer, host: str) -> None:
    given = host.replace("{port}", str(server.server_port))
    assert ask(server, "", headers={"Host": given})[0] == 421


def test_two_hosts_or_none(server: ReviewServer) -> None:
    line = f"GET /{server.site.token}/ HTTP/1.1"
    assert "421" in raw(server, head(server, line, "Host: evil.example"))[0]
    assert "421" in raw(server, f"{line}\r\nConnection: close\r\n\r\n".encode())[0]
    assert "421" in raw(server, f"GET /{server.site.token}/ HTTP/1.0\r\n\r\n".encode())[0]


@pytest.mark.parametrize("origin", ["null", "", "https://127.0.0.1:{port}", "http://127.0.0.1"])
def test_origins(server: ReviewServer, origin: str) -> None:
    given = {"Origin": origin.replace("{port}", str(server.server_port)), **JSON}
    assert ask(server, "", headers=given)[0] == 403
    assert ask(server, "corrections", method="PUT", body=GOOD, headers=given)[0] == 403
    assert not server.site.saved.exists()


@pytest.mark.parametrize(
    "method", ["POST", "OPTIONS", "TRACE", "DELETE", "PATCH", "CONNECT", "X<b>"]
)
def test_methods(server: ReviewServer, method: str) -> None:
    """Also what a browser asks before a request from elsewhere: nothing is allowed to it."""
    preflight = {"Origin": "http://evil.example", "Access-Control-Request-Method": "PUT"}
    status, content, headers = ask(server, "corrections", method=method, headers=preflight)
    assert status == 501
    assert b"<" not in content
    assert not any(name.lower().startswith("access-control") for name in headers)
    assert not server.site.saved.exists()


@pytest.mark.parametrize(
    "name",
    [
        "..%2f..%2fetc%2fpasswd", "media%00", "%6dedia", "media/", "media;x", "MEDIA", "./media",
        "corrections%2e", "//media", "\\media", "secret.txt%00.mp3", "media#x", "é",
    ],
)  # fmt: skip
def test_no_other_name(server: ReviewServer, name: str) -> None:
    line = f"GET /{server.site.token}/{name} HTTP/1.1"
    assert "404" in raw(server, head(server, line))[0]


def test_no_other_form_of_target(server: ReviewServer) -> None:
    for target in (f"{server.origin}/{server.site.token}/", "*", f"/x/../{server.site.token}/"):
        assert "404" in raw(server, head(server, f"GET {target} HTTP/1.1"))[0]
    assert "400" in raw(server, head(server, "GET  / HTTP/1.1 x"))[0]
    assert "505" in raw(server, head(server, "GET / HTTP/9.9"))[0]


def test_every_answer_forbids_framing_sniffing_and_referrers(server: ReviewServer) -> None:
    own = {"Origin": server.origin, **JSON}
    asked = [
        ask(server, ""), ask(server, "media"), ask(server, "nothing"), ask(server, "peaks"),
        ask(server, "", path="/"), ask(server, "", headers={"Host": "evil.example"}),
        ask(server, "", method="POST"),
        ask(server, "corrections", method="PUT", body=GOOD, headers=own),
    ]  # fmt: skip
    for _, _, headers in asked:
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        # The token stands in the page's address: no other site is to learn it.
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"
        if not headers["Content-Type"].startswith("text/html"):
            assert "default-src 'none'; sandbox" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "headers",
    [
        ["Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", f"Content-Length: {len(GOOD)}"],
        [f"Content-Length: {len(GOOD)}", "Content-Length: 0"],
        ["Content-Length: -1"],
        ["Content-Length: +1"],
        ["Content-Length: 1_0"],
        ["Content-Length: " + "9" * 5000],
        ["Content-Length: \xb2"],
        [],
    ],
)
def test_bodies_of_no_clear_length(server: ReviewServer, headers: list[str]) -> None:
    line = f"PUT /{server.site.token}/corrections HTTP/1.1"
    own = (f"Origin: {server.origin}", "Content-Type: application/json")
    smuggled = f"GET /{server.site.token}/ HTTP/1.1\r\n\r\n".encode()
    answer = raw(server, head(server, line, *own, *headers) + GOOD.encode() + smuggled)
    assert "411" in answer[0]
    assert "<p>page" not in answer
    assert not server.site.saved.exists()


@pytest.mark.parametrize(
    "request_of",
    [
        lambda line: f"{line}\r\nX: {'a' * 70_000}\r\n\r\n",
        lambda line: f"{line}\r\n" + "".join(f"X{n}: a\r\n" for n in range(200)) + "\r\n",
        lambda line: f"GET /{'a' * 70_000} HTTP/1.1\r\n\r\n",
        lambda line: f"{line}\r\nno header at all\r\n\r\n",
        lambda line: "\0\x01\x02\r\n\r\n",
        lambda line: "GET\r\n\r\n",
    ],
)
def test_requests_that_are_none(server: ReviewServer, request_of: object) -> None:
    request = request_of(f"GET /{server.site.token}/ HTTP/1.1")  # type: ignore[operator]
    first = raw(server, request.encode("latin-1"))[0]
    assert first.split(" ")[1] in {"400", "414", "421", "431"}
    assert ask(server, "")[0] == 200


@pytest.mark.parametrize(
    ("value", "status", "length"),
    [
        ("bytes=0-999999999999999999", 206, len(MEDIA)),
        ("bytes=0-" + "9" * 400, 200, len(MEDIA)),
        ("bytes=-999999999999999999", 206, len(MEDIA)),
        ("bytes=5-1", 200, len(MEDIA)),
        ("bytes=" + ",".join(f"{n}-{n + 1}" for n in range(5000)), 200, len(MEDIA)),
        ("bytes=999999999999999999-", 416, None),
        ("bytes=-0", 416, None),
        ("items=0-1", 200, len(MEDIA)),
        ("bytes=\xb2-", 200, len(MEDIA)),
    ],
)
def test_absurd_ranges(server: ReviewServer, value: str, status: int, length: int | None) -> None:
    found, content, _ = ask(server, "media", headers={"Range": value})
    assert found == status
    assert length is None or len(content) == length


def test_slow_and_many_clients(server: ReviewServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module._Handler, "timeout", 0.3)
    monkeypatch.setattr(module, "TIMEOUT_S", 0.3)
    line = f"PUT /{server.site.token}/corrections HTTP/1.1"
    own = (f"Origin: {server.origin}", "Content-Type: application/json", "Content-Length: 900")
    assert raw(server, head(server, line, *own) + b"{") == [""]
    assert raw(server, line[:20].encode()) == [""]
    for _ in range(module.MAX_CONNECTIONS):
        assert server._free.acquire(timeout=5)
    assert raw(server, b"") == [""]
    server._free.release(module.MAX_CONNECTIONS)
    assert ask(server, "")[0] == 200
    assert not server.site.saved.exists()


def test_a_link_in_place_of_the_corrections(server: ReviewServer, tmp_path: Path) -> None:
    """It is not written through, and what it leads to is shown only if it is corrections."""
    secret = tmp_path / "secret.txt"
    server.site.saved.symlink_to(secret)
    status, content, _ = ask(server, "corrections")
    assert status == 500 and b"secret" not in content
    own = {"Origin": server.origin, **JSON}
    assert ask(server, "corrections", method="PUT", body=GOOD, headers=own)[0] == 200
    assert secret.read_text() == "secret"
    assert not server.site.saved.is_symlink() and server.site.saved.read_text() == GOOD


def test_media_is_never_a_page(tmp_path: Path, server: ReviewServer) -> None:
    page = tmp_path / "talk.html"
    page.write_bytes(MEDIA)
    object.__setattr__(server.site, "media", page)
    assert ask(server, "media")[2]["Content-Type"] == "application/octet-stream"
