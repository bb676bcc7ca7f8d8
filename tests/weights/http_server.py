"""A local HTTP server whose faults a test chooses."""

import contextlib
import http.server
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Site:
    """Files by path, and how the server misbehaves.

    Attributes:
        files: Path -> content.
        drops: Bytes of the body after which each of the next responses is cut off, in turn.
        statuses: What each of the next responses says instead of 200, in turn.
        ranges: Whether the server continues files.
        asked: Path and Range header of every request.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    drops: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    ranges: bool = True
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    root: str = ''

    @property
    def starts(self) -> list[int]:
        """The first byte that each request asked for."""
        return [int(asked.removeprefix('bytes=').rstrip('-')) if asked else 0 for _, asked in self.asked]


class _Handler(http.server.BaseHTTPRequestHandler):
    site: Site

    def do_GET(self):
        site, path = self.site, self.path.partition('?')[0]
        site.asked.append((path, self.headers.get('Range')))
        status = site.statuses.pop(0) if site.statuses else 200
        if path not in site.files or status != 200:
            self.send_error(404 if path not in site.files else status)
            return
        content, start = site.files[path], self._start(site.files[path])
        self.send_response(206 if start else 200)
        self.send_header('Content-Length', str(len(content) - start))
        self.send_header('ETag', self._tag(content))
        if start:
            self.send_header('Content-Range', f'bytes {start}-{len(content) - 1}/{len(content)}')
        self.end_headers()
        body = content[start:]
        self.wfile.write(body[: site.drops.pop(0)] if site.drops else body)

    def _start(self, content: bytes) -> int:
        """Where to start: at 0 unless the same file is to be continued."""
        asked, version = self.headers.get('Range'), self.headers.get('If-Range')
        same = version in (None, self._tag(content))
        return int(asked.removeprefix('bytes=').rstrip('-')) if asked and same and self.site.ranges else 0

    @staticmethod
    def _tag(content: bytes) -> str:
        return f'"{hash(content)}"'

    def log_message(self, *args):
        """Say nothing."""


@contextlib.contextmanager
def serving() -> Iterator[Site]:
    """Run a server on a free port of this machine; ``root`` of the site is its address."""
    site = Site()
    handler = type('Handler', (_Handler,), {'site': site})
    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        site.root = f'http://127.0.0.1:{server.server_port}'
        yield site
        server.shutdown()
