"""One receiver over HTTP: a signed POST, an answer in time, nothing followed, nothing believed.

What protects us from where it leads stands in `guarded`; here is also a limit on what is read of
the answer.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import httpcore2
import httpx2

from dunwell.domain.errors import BadInput
from dunwell.features.subscriptions import signing
from dunwell.features.subscriptions.addresses import Network
from dunwell.features.subscriptions.guarded import Deadline, client

SECONDS = 15.0
"""How long a receiver may take, from looking up its name to the end of its answer."""
LONGEST_ANSWER = 16_384
CLOUD_EVENT = "application/cloudevents+json"
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


class Receiver:
    """The receiver of one subscription; for one thread. Leave it with `with`."""

    def __init__(
        self,
        url: str,
        secrets: Sequence[str],
        allowed: Sequence[Network],
        media_type: str = CLOUD_EVENT,
    ) -> None:
        self._url = url
        self._media_type = f"{media_type}; charset=utf-8"
        self._signer = signing.Signer(secrets)
        self._deadline = Deadline(SECONDS)
        self._client = client(url, allowed, self._deadline)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def send(self, message_id: str, body: str, now: dt.datetime) -> Answer:
        """Send one message; whether it was taken (an answer of 200 to 299)."""
        headers = {
            "content-type": self._media_type,
            **self._signer.headers(message_id, body, now),
        }
        self._deadline.set()
        try:
            with self._client.stream(
                "POST", self._url, content=body.encode(), headers=headers
            ) as response:
                if not self._deadline.heard:
                    # the message before was answered twice; this one's own answer may still come
                    response.extensions["network_stream"].close()
                    return Answer(taken=False, reason="the receiver answered before it was asked")
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
    if status in (_TOO_MANY, _UNAVAILABLE) and wait.isdecimal():
        pause = dt.timedelta(seconds=min(int(wait[:6]), 86_400))
    return Answer(
        taken=False, reason=f"the receiver answered {status}", gone=status == _GONE, pause=pause
    )
