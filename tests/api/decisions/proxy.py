"""A way to the database that can be cut, blocked and opened again."""

from __future__ import annotations

import selectors
import socket
import threading
from contextlib import suppress

from tenure.host.addresses import parse_database_url


class Proxy:
    """Passes bytes between whoever connects and the database at ``url``.

    ``cut`` ends all connections and takes no new one; ``block`` keeps everything open and passes
    nothing on; ``open`` makes all as it was.
    """

    def __init__(self, url: str) -> None:
        self._address = parse_database_url(url)
        self._lock = threading.Lock()
        self._passing = threading.Event()
        self._links: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._cut = False
        self._passing.set()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def url(self) -> str:
        """The database's URL by this way."""
        found = self._address
        return (
            f"postgresql://{found.user}:{found.password}@127.0.0.1:{self.port}/{found.name}"
            "?sslmode=disable"
        )

    def cut(self) -> None:
        """End everything."""
        with self._lock:
            self._cut = True
            self._end_links()

    def block(self) -> None:
        """Let nothing through."""
        self._passing.clear()

    def open(self) -> None:
        """Let everything through again."""
        with self._lock:
            self._cut = False
        self._passing.set()

    def close(self) -> None:
        """Be gone."""
        self._passing.set()
        self.cut()
        self._listener.close()

    def _end_links(self) -> None:
        for link in self._links:
            with suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
        self._links.clear()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, self._connected() as server:
            with self._lock:
                if self._cut:
                    return
                self._links += [client, server]
            other = {client: server, server: client}
            with selectors.DefaultSelector() as selector, suppress(OSError):
                for end in other:
                    selector.register(end, selectors.EVENT_READ)
                while True:
                    for key, _ in selector.select():
                        source = key.fileobj
                        assert isinstance(source, socket.socket)
                        data = source.recv(65536)
                        self._passing.wait()
                        if not data:
                            return
                        other[source].sendall(data)

    def _connected(self) -> socket.socket:
        found = self._address
        port = found.port or "5432"
        if found.host.startswith("/"):
            server = socket.socket(socket.AF_UNIX)
            server.connect(f"{found.host}/.s.PGSQL.{port}")
            return server
        return socket.create_connection((found.host or "127.0.0.1", int(port)))
