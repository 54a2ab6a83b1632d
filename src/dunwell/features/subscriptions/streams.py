"""One receiver over NATS JetStream: a message is taken when a stream has stored it.

NATS comes with the extra `dunwell[nats]`. A message goes to the subject of the subscription's URL,
followed by its type (`billing.dunwell.case_opened`), signed like a webhook. Its number is the
`Nats-Msg-Id`, so that a stream drops what is sent twice.
"""

import datetime as dt
import json
import ssl
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from anyio.from_thread import start_blocking_portal

from dunwell.domain.errors import BadInput
from dunwell.features.subscriptions import signing
from dunwell.features.subscriptions.addresses import ENCRYPTED, Network, checked
from dunwell.features.subscriptions.receiver import SECONDS, Answer

if TYPE_CHECKING:
    from nats.aio.client import Client

PORT = 4222


def check_installed() -> None:
    """Raises BadInput when the extra isn't installed."""
    try:
        import nats  # noqa: F401, PLC0415 - only who uses it needs it
    except ImportError as missing:
        raise BadInput("Subjects of NATS need the extra: pip install 'dunwell[nats]'.") from missing


class Stream:
    """The receiver of one subscription; for one thread. Leave it with `with`."""

    def __init__(
        self,
        url: str,
        secrets: Sequence[str],
        allowed: Sequence[Network],
        credentials: str | None = None,
    ) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port or PORT
        self._encrypted = ENCRYPTED[parts.scheme]
        self._subject = parts.path.removeprefix("/")
        self._signer = signing.Signer(secrets)
        self._allowed = allowed
        self._credentials = credentials
        self._client: Client | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._portal = self._stack.enter_context(start_blocking_portal())
        return self

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            self._portal.call(self._client.close)
        self._stack.close()

    def send(self, message_id: str, body: str, now: dt.datetime) -> Answer:
        """Send one message; whether a stream has stored it."""
        import nats.errors  # noqa: PLC0415 - only who uses it needs it

        headers = {
            "Nats-Msg-Id": message_id,
            "content-type": "application/cloudevents+json; charset=utf-8",
            **self._signer.headers(message_id, body, now),
        }
        subject = f"{self._subject}.{json.loads(body)['type']}"
        try:
            self._portal.call(self._publish, subject, body.encode(), headers)
        except BadInput as refused:
            return Answer(taken=False, reason=refused.message)
        except (nats.errors.Error, OSError, TimeoutError) as failure:
            return Answer(taken=False, reason=f"NATS: {failure or type(failure).__name__}")
        return Answer(taken=True)

    async def _publish(self, subject: str, body: bytes, headers: dict[str, str]) -> None:
        if self._client is None or not self._client.is_connected:
            self._client = await self._connect()
        await self._client.jetstream().publish(subject, body, timeout=SECONDS, headers=headers)

    async def _connect(self) -> "Client":
        import nats  # noqa: PLC0415 - only who uses it needs it

        found = checked(self._host, self._port, self._allowed, encrypted=self._encrypted)
        hosts = [f"[{each}]" if each.version == 6 else str(each) for each in found]  # noqa: PLR2004 - of IP
        secure: dict[str, Any] = {}
        if self._encrypted:
            secure = {"tls": ssl.create_default_context(), "tls_hostname": self._host}
        return await nats.connect(
            [f"nats://{host}:{self._port}" for host in hosts],
            name="dunwell",
            # nobody is told of other servers of a cluster: their addresses aren't checked
            allow_reconnect=False,
            # else it tries for two minutes, in which everybody waits (and 0 would be for ever)
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=int(SECONDS),
            user_credentials=self._credentials,
            error_cb=_said_in_the_answer,
            **secure,
        )


async def _said_in_the_answer(_: Exception) -> None:
    """What goes wrong is raised to whom sends, too; the log needn't have it twice."""
