"""One receiver over HTTP: a signed POST, an answer in time, nothing followed, nothing believed.

Connections go to addresses that were checked (`addresses`), with a limit on the whole exchange and
on what is read of the answer. Redirects aren't followed and no proxy of the environment is used.
"""

import datetime as dt
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any, Self

import httpcore2
import httpx2
from standardwebhooks import Webhook

from dunwell import __version__
from dunwell.domain.errors import BadInput
from dunwell.features.subscriptions.addresses import Network, refuse, resolve

SECONDS = 15.0
"""How long a receiver may take, from looking up its name to the end of its answer."""
LONGEST_ANSWER = 16_384
_TOO_MANY, _UNAVAILABLE, _GONE = 429, 503, 410


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of sending one message. Never holds what the receiver wrote."""

    taken: bool
    reason: str = ""
    gone: bool = False
    """The receiver wants no more messages, ever."""
    pause: dt.timedelta | None = None
    """How long the receiver asked us to wait."""


class _Deadline:
    """When the exchange under way must be over."""

    def __init__(self) -> None:
        self.at = 0.0

    def set(self) -> None:
        self.at = time.monotonic() + SECONDS

    def left(self, timeout: float | None, late: type[Exception]) -> float:
        left = self.at - time.monotonic()
        if left <= 0:
            raise late(f"no answer within {SECONDS:.0f} s")
        return left if timeout is None else min(left, timeout)


class _Stream(httpcore2.NetworkStream):
    """A connection whose every step ends by the deadline, however slowly bytes drip in."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout, httpcore2.ReadTimeout))

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

    def __init__(self, allowed: Sequence[Network], deadline: _Deadline, *, encrypted: bool) -> None:
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
            found = resolve(host, port)
        except OSError as failure:
            raise httpcore2.ConnectError(f"the host can't be looked up: {failure}") from failure
        for address in found:
            refuse(address, self._allowed, encrypted=self._encrypted)
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


class Receiver:
    """The receiver of one subscription; for one thread. Leave it with `with`."""

    def __init__(self, url: str, secrets: Sequence[str], allowed: Sequence[Network]) -> None:
        self._url = url
        self._signers = [Webhook(secret) for secret in secrets]
        self._deadline = _Deadline()
        transport = httpx2.HTTPTransport(trust_env=False)
        # httpx has no setting for this, and its pool none to be given from outside
        transport._pool._network_backend = _Guard(  # noqa: SLF001 - a test holds it to that
            allowed, self._deadline, encrypted=url.startswith("https:")
        )
        self._client = httpx2.Client(
            transport=transport,
            timeout=SECONDS,
            follow_redirects=False,
            trust_env=False,
            headers={"user-agent": f"dunwell/{__version__}", "accept-encoding": "identity"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def send(self, message_id: str, body: str, now: dt.datetime) -> Answer:
        """Send one message; whether it was taken (an answer of 200 to 299)."""
        signatures = " ".join(signer.sign(message_id, now, body) for signer in self._signers)
        headers = {
            "content-type": "application/cloudevents+json; charset=utf-8",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signatures,
        }
        self._deadline.set()
        try:
            with self._client.stream(
                "POST", self._url, content=body.encode(), headers=headers
            ) as response:
                _read_some(response)
                return _judged(response)
        except (httpx2.HTTPError, httpx2.InvalidURL, httpcore2.ReadTimeout) as failure:
            return Answer(taken=False, reason=str(failure) or type(failure).__name__)
        except BadInput as refused:
            return Answer(taken=False, reason=refused.message)


def _read_some(response: httpx2.Response) -> None:
    """Read a short answer to its end, so that the connection can be used again, and no more."""
    read = 0
    for piece in response.iter_raw():
        read += len(piece)
        if read > LONGEST_ANSWER:
            return


def _judged(response: httpx2.Response) -> Answer:
    status = response.status_code
    if response.is_success:
        return Answer(taken=True)
    pause = None
    wait = response.headers.get("retry-after", "")
    if status in (_TOO_MANY, _UNAVAILABLE) and wait.isdigit():
        pause = dt.timedelta(seconds=min(int(wait[:6]), 86_400))
    return Answer(
        taken=False, reason=f"the receiver answered {status}", gone=status == _GONE, pause=pause
    )
