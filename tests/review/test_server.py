"""The review server: what it serves, and above all what it does not."""

import http.client
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.review.corrections_json import read_corrections, render_corrections, version_of
from pipeline.review.records import Corrections, LineCorrection
from pipeline.review.server import MAX_BODY_BYTES, ReviewServer, Site, parse_range

MEDIA = bytes(range(256)) * 40
GOOD = render_corrections(Corrections("demo", "a" * 64, (LineCorrection(0, "x", checked=True),)))
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ReviewServer]:
    media = tmp_path / "talk.mp3"
    media.write_bytes(MEDIA)
    (tmp_path / "secret.txt").write_text("secret")
    saved = tmp_path / "demo.corrections.json"
    with ReviewServer(Site(lambda: "<p>page", media, saved, "demo")) as found:
        thread = threading.Thread(target=found.serve_forever)
        thread.start()
        yield found
        found.shutdown()
        thread.join()


def ask(
    server: ReviewServer,
    name: str,
    *,
    method: str = "GET",
    path: str | None = None,
    headers: dict[str, str] | None = None,
    body: str | None = None,
) -> tuple[int, bytes, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    try:
        target = f"/{server.site.token}/{name}" if path is None else path
        connection.request(method, target, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


def test_page_media_and_ranges(server: ReviewServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    status, content, headers = ask(server, "")
    assert (status, content) == (200, b"<p>page")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert ask(server, "media")[:2] == (200, MEDIA)
    status, content, headers = ask(server, "media", headers={"Range": "bytes=300-309"})
    assert (status, content) == (206, MEDIA[300:310])
    assert headers["Content-Range"] == f"bytes 300-309/{len(MEDIA)}"
    assert ask(server, "media", headers={"Range": "bytes=-5"})[:2] == (206, MEDIA[-5:])
    assert ask(server, "media", headers={"Range": f"bytes={len(MEDIA)}-"})[0] == 416
    status, content, headers = ask(server, "media", method="HEAD")
    assert (status, content, headers["Content-Length"]) == (200, b"", str(len(MEDIA)))


@pytest.mark.parametrize(
    "name", ["secret.txt", "../secret.txt", "..%2fsecret.txt", "media/../secret.txt", "corrections"]
)
def test_nothing_else(server: ReviewServer, name: str) -> None:
    assert ask(server, name)[0] == 404


@pytest.mark.parametrize("path", ["/", "/media", "/wrong/media", "//", "/x" * 50])
def test_not_without_the_token(server: ReviewServer, path: str) -> None:
    assert ask(server, "", path=path)[0] == 404


def test_other_names_and_origins(server: ReviewServer) -> None:
    port = server.server_port
    for host in ("evil.example", f"localhost:{port}", f"evil.example:{port}"):
        assert ask(server, "", headers={"Host": host})[0] == 421
    assert ask(server, "", headers={"Origin": "http://evil.example"})[0] == 403
    assert ask(server, "", headers={"Origin": "null"})[0] == 403


def test_saving(server: ReviewServer) -> None:
    own = {"Origin": server.origin, **JSON}
    assert ask(server, "corrections", method="PUT", body=GOOD, headers=own)[0] == 200
    assert read_corrections(server.site.saved).lines[0].checked
    assert ask(server, "corrections")[:2] == (200, GOOD.encode())


@pytest.mark.parametrize(
    ("name", "headers", "body", "status"),
    [
        ("corrections", JSON, GOOD, 403),
        ("corrections", {"Origin": "own", "Content-Type": "text/plain"}, GOOD, 415),
        ("corrections", {"Origin": "own", **JSON}, "{", 400),
        ("corrections", {"Origin": "own", **JSON}, GOOD.replace('"demo"', '"other"'), 400),
        (
            "corrections",
            {"Origin": "own", **JSON, "Content-Length": str(MAX_BODY_BYTES + 1)},
            None,
            413,
        ),
        ("media", {"Origin": "own", **JSON}, GOOD, 405),
    ],
)
def test_saving_refused(
    server: ReviewServer, name: str, headers: dict[str, str], body: str | None, status: int
) -> None:
    own = {key: server.origin if word == "own" else word for key, word in headers.items()}
    assert ask(server, name, method="PUT", body=body, headers=own)[0] == status
    assert not server.site.saved.exists()
    assert server.site.media.read_bytes() == MEDIA


@given(st.text("bytes=-0123456789, ", max_size=20), st.integers(0, 500))
def test_ranges_lie_within_the_file(header: str, size: int) -> None:
    try:
        found = parse_range(header, size)
    except ValueError:
        return
    assert found is None or 0 <= found[0] < found[1] <= size


def test_tokens_differ(tmp_path: Path) -> None:
    sites = [Site(str, tmp_path, tmp_path, "x") for _ in range(3)]
    assert len({site.token for site in sites}) == 3 and all(len(s.token) > 30 for s in sites)


def test_the_waveform_is_made_once(tmp_path: Path) -> None:
    made: list[int] = []

    def peaks() -> bytes:
        made.append(1)
        return b"\x01\x02"

    media = tmp_path / "talk.mp3"
    media.write_bytes(MEDIA)
    site = Site(lambda: "", media, tmp_path / "demo.corrections.json", "demo", peaks)
    with ReviewServer(site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        assert [ask(server, "peaks")[:2] for _ in range(2)] == [(200, b"\x01\x02")] * 2
        assert ask(server, "peaks", headers={"Origin": "http://example.com"})[0] == 403
        server.shutdown()
        thread.join()
    assert made == [1]


def test_what_another_tab_has_saved_is_not_overwritten_unseen(server: ReviewServer) -> None:
    own = {"Origin": server.origin, **JSON}
    first = {**own, "If-Match": version_of(None)}
    status, _, headers = ask(server, "corrections", method="PUT", body=GOOD, headers=first)
    assert (status, headers["ETag"]) == (200, version_of(read_corrections(server.site.saved)))
    assert ask(server, "corrections")[2]["ETag"] == headers["ETag"]
    other = GOOD.replace('"was": "x"', '"was": "y"')
    assert ask(server, "corrections", method="PUT", body=other, headers=first)[0] == 412
    assert server.site.saved.read_text() == GOOD
    seen = {**own, "If-Match": headers["ETag"]}
    assert ask(server, "corrections", method="PUT", body=other, headers=seen)[0] == 200
    assert server.site.saved.read_text() == other
