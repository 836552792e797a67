"""A small server for one episode's review page: this computer only, this page only.

It serves four things under a path that holds a random token: the page, the audio (with byte
ranges, so that players can seek), its waveform, and the corrections (read and written). Nothing
else on the disk can be reached: no part of a request ever becomes a file name.
"""

from __future__ import annotations

import http.server
import mimetypes
import os
import re
import secrets
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.errors import EpisodeSubtitlesError
from pipeline.files import write_outputs
from pipeline.review.corrections_json import (
    parse_corrections,
    read_corrections,
    render_corrections,
    version_of,
)

__all__ = ["MAX_BODY_BYTES", "ReviewServer", "Site", "parse_range"]

LOOPBACK = "127.0.0.1"
MAX_BODY_BYTES = 16 << 20
TIMEOUT_S = 60
MAX_CONNECTIONS = 64
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_BLOCK_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Site:
    """What is served: `page` renders it anew at each visit; `saved` is where corrections go.

    `peaks` makes the waveform; it is asked once.
    """

    page: Callable[[], str]
    media: Path
    saved: Path
    episode: str
    peaks: Callable[[], bytes] = bytes
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))


def parse_range(header: str | None, size: int) -> tuple[int, int] | None:
    """First byte and the byte after the last of a `Range` header, None for the whole file.

    Of several ranges, or of a unit that is not bytes, the whole file is the answer (RFC 9110).

    Raises:
        ValueError: the range lies outside the file.
    """
    found = _RANGE.fullmatch((header or "").strip())
    if found is None or found[0] == "bytes=-":
        return None
    if not found[1]:
        length = int(found[2])
        if length == 0 or size == 0:
            raise ValueError("an empty range")
        return max(0, size - length), size
    start = int(found[1])
    end = min(int(found[2]) + 1 if found[2] else size, size)
    if found[2] and int(found[2]) < start:
        return None
    if start >= size:
        raise ValueError("a range after the end")
    return start, end


class ReviewServer(http.server.ThreadingHTTPServer):
    """Serves one `Site` on a port of the loopback interface; `address` is what to open."""

    daemon_threads = True

    def __init__(self, site: Site, port: int = 0) -> None:
        """Bind `port` (0 for any that is free).

        Raises:
            OSError: the port is taken.
        """
        self.site = site
        self.lock = threading.Lock()
        self._peaks: bytes | None = None
        self._peaks_lock = threading.Lock()
        self._free = threading.BoundedSemaphore(MAX_CONNECTIONS)
        super().__init__((LOOPBACK, port), _Handler)

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://{LOOPBACK}:{self.server_port}"

    @property
    def address(self) -> str:
        """The page's address, token included."""
        return f"{self.origin}/{self.site.token}/"

    def peaks(self) -> bytes:
        """The waveform; whoever asks first waits until it is made, as do all others."""
        with self._peaks_lock:
            if self._peaks is None:
                self._peaks = self.site.peaks()
            return self._peaks

    def process_request(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: Any
    ) -> None:
        """Hang up where there are too many connections already: each holds a thread and a file."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: Any
    ) -> None:
        """Serve one connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet: browsers hang up in the middle of an audio file all the time."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "episode-subtitles"
    sys_version = ""
    timeout = TIMEOUT_S
    server: ReviewServer

    def log_message(self, format: str, *args: object) -> None:
        pass

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what the base class does not understand as everything else is refused."""
        # Otherwise a broken request is taken for one of HTTP 0.9, which knows no headers.
        self.request_version = self.protocol_version
        self._refuse(HTTPStatus(code))

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        name = self._place()
        if name is None:
            return
        if name != "corrections":
            self._refuse(HTTPStatus.METHOD_NOT_ALLOWED)
            return
        self._save()

    def _place(self) -> str | None:
        """What is asked for: a name below the token; None if the request has been refused."""
        host = self.headers.get("Host", "")
        origin = self.headers.get("Origin")
        if f"http://{host}" != self.server.origin or len(self.headers.get_all("Host", [])) != 1:
            # Another name for this computer is how web pages elsewhere would reach in.
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
            return None
        if origin is not None and origin != self.server.origin:
            self._refuse(HTTPStatus.FORBIDDEN)
            return None
        prefix = f"/{self.server.site.token}/".encode()
        path = self.path.partition("?")[0].encode("utf-8", "surrogateescape")
        if not secrets.compare_digest(path[: len(prefix)], prefix):
            self._refuse(HTTPStatus.NOT_FOUND)
            return None
        return path[len(prefix) :].decode("ascii", "replace")

    def _answer(self) -> None:
        name = self._place()
        if name is None:
            return
        site = self.server.site
        try:
            if name == "":
                self._send(site.page().encode(), "text/html; charset=utf-8")
            elif name == "media":
                self._send_media(site.media)
            elif name == "peaks":
                self._send(self.server.peaks(), "application/octet-stream")
            elif name == "corrections" and site.saved.is_file():
                saved = read_corrections(site.saved)
                self._send(
                    render_corrections(saved).encode(),
                    "application/json",
                    headers={"ETag": version_of(saved)},
                )
            else:
                self._refuse(HTTPStatus.NOT_FOUND)
        except (EpisodeSubtitlesError, OSError) as error:
            if isinstance(error, ConnectionError | TimeoutError):
                raise
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))

    def _send_media(self, path: Path) -> None:
        kind = mimetypes.guess_type(path.name)[0] or ""
        if not kind.startswith(("audio/", "video/")):
            kind = "application/octet-stream"
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            try:
                part = parse_range(self.headers.get("Range"), size)
            except ValueError:
                self._refuse(
                    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
                    headers={"Content-Range": f"bytes */{size}"},
                )
                return
            start, end = part or (0, size)
            self.send_response(HTTPStatus.OK if part is None else HTTPStatus.PARTIAL_CONTENT)
            if part is not None:
                self.send_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
            self._common_headers(kind, end - start)
            if self.command == "GET":
                stream.seek(start)
                self._copy(stream, end - start)

    def _copy(self, stream: BinaryIO, left: int) -> None:
        while left > 0 and (block := stream.read(min(_BLOCK_BYTES, left))):
            self.wfile.write(block)
            left -= len(block)

    def _save(self) -> None:
        lengths = self.headers.get_all("Content-Length", [])
        length = lengths[0] if len(lengths) == 1 else ""
        if self.headers.get("Origin") != self.server.origin:
            self._refuse(HTTPStatus.FORBIDDEN)
        elif self.headers.get_content_type() != "application/json":
            self._refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        elif "Transfer-Encoding" in self.headers or not re.fullmatch("[0-9]{1,18}", length):
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
        elif int(length) > MAX_BODY_BYTES:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._store(self._read(int(length)))

    def _read(self, length: int) -> bytes:
        """A body that comes whole within a minute, however slowly."""
        end_s = time.monotonic() + TIMEOUT_S
        content = bytearray()
        while len(content) < length:
            block = self.rfile.read1(min(_BLOCK_BYTES, length - len(content)))
            if not block or time.monotonic() > end_s:
                raise TimeoutError
            content += block
        return bytes(content)

    def _store(self, content: bytes) -> None:
        site = self.server.site
        try:
            corrections = parse_corrections(content, site.saved)
        except EpisodeSubtitlesError as error:
            self._refuse(HTTPStatus.BAD_REQUEST, error.problem)
            return
        if corrections.episode != site.episode:
            self._refuse(HTTPStatus.BAD_REQUEST, "these are another episode's corrections")
            return
        try:
            with self.server.lock:
                if not self._is_current():
                    self._refuse(HTTPStatus.PRECONDITION_FAILED, "saved elsewhere meanwhile")
                    return
                text = render_corrections(corrections)
                write_outputs(site.saved.parent, {site.saved.name: text.encode()})
        except EpisodeSubtitlesError as error:
            self._refuse(HTTPStatus.INSUFFICIENT_STORAGE, str(error))
            return
        self._send(b"{}", "application/json", headers={"ETag": version_of(corrections)})

    def _is_current(self) -> bool:
        """Whether the page that saves has seen what was saved last; without `If-Match`, it may."""
        wanted, saved = self.headers.get("If-Match"), self.server.site.saved
        if wanted is None:
            return True
        return wanted == version_of(read_corrections(saved) if saved.is_file() else None)

    def _refuse(
        self, status: HTTPStatus, message: str = "", headers: dict[str, str] | None = None
    ) -> None:
        # What was not read of the request must not be taken for the next one.
        self.close_connection = True
        self._send(
            (message or status.phrase).encode("utf-8", "replace"),
            "text/plain; charset=utf-8",
            status,
            {"Connection": "close", **(headers or {})},
        )

    def _send(
        self,
        content: bytes,
        kind: str,
        status: HTTPStatus = HTTPStatus.OK,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self._common_headers(kind, len(content))
        if self.command != "HEAD":
            self.wfile.write(content)

    def _common_headers(self, kind: str, length: int) -> None:
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("X-Frame-Options", "DENY")
        self.send_header("Referrer-Policy", "same-origin")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        # The page says itself which script it has; nothing else has any. Nothing may be framed.
        policy = "" if kind.startswith("text/html") else "default-src 'none'; sandbox; "
        self.send_header("Content-Security-Policy", f"{policy}frame-ancestors 'none'")
        self.end_headers()
