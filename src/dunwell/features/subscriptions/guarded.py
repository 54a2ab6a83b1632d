"""HTTP to addresses that others name: connections go to checked addresses only (`addresses`), the
whole exchange has a limit in time, redirects aren't followed and no proxy is used.
"""

import time
from collections.abc import Iterable, Sequence
from ssl import SSLContext
from typing import Any

import httpcore2
import httpx2

from dunwell import __version__
from dunwell.features.subscriptions.addresses import Network, checked


class Deadline:
    """When the exchange under way must be over."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.at = 0.0
        self.heard = False
        """Something has come since the exchange began; an answer without that is an old one's."""

    def set(self) -> None:
        """The exchange begins."""
        self.at = time.monotonic() + self.seconds
        self.heard = False

    def left(self, timeout: float | None, late: type[Exception]) -> float:
        """What is left of it; raises `late` if nothing is."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise late(f"no answer within {self.seconds:.0f} s")
        return left if timeout is None else min(left, timeout)


class _Stream(httpcore2.NetworkStream):
    """A connection whose every step ends by the deadline, however slowly bytes drip in."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        read = self._stream.read(max_bytes, self._deadline.left(timeout, httpcore2.ReadTimeout))
        self._deadline.heard = True
        return read

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = self._deadline.left(timeout, httpcore2.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Guard(httpcore2.SyncBackend):
    """Connects to checked addresses only."""

    def __init__(self, allowed: Sequence[Network], deadline: Deadline, *, encrypted: bool) -> None:
        self._allowed = allowed
        self._deadline = deadline
        self._encrypted = encrypted

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        try:
            found = checked(host, port, self._allowed, encrypted=self._encrypted)
        except OSError as failure:
            raise httpcore2.ConnectError(f"the host can't be looked up: {failure}") from failure
        failed: Exception = httpcore2.ConnectError("the host has no address")
        for address in found:
            left = self._deadline.left(timeout, httpcore2.ConnectTimeout)
            try:
                stream = super().connect_tcp(
                    str(address), port, left, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as failure:
                failed = failure
            else:
                return _Stream(stream, self._deadline)
        raise failed


def client(url: str, allowed: Sequence[Network], deadline: Deadline) -> httpx2.Client:
    """A client for exchanges with the host of the URL, each after `deadline.set()`."""
    transport = httpx2.HTTPTransport(trust_env=False)
    # httpx has no setting for this, and its pool none to be given from outside
    transport._pool._network_backend = _Guard(  # noqa: SLF001 - a test holds it to that
        allowed, deadline, encrypted=url.startswith("https:")
    )
    return httpx2.Client(
        transport=transport,
        timeout=deadline.seconds,
        follow_redirects=False,
        trust_env=False,
        headers={"user-agent": f"dunwell/{__version__}", "accept-encoding": "identity"},
    )
