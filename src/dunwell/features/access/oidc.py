"""Single sign-on: the OpenID authorization code flow with PKCE and a nonce, by Authlib.

`begin` gives the address to send the browser to and what the surface keeps meanwhile in a
short-lived cookie; `finish` checks what comes back and gives who it is.
"""

import base64
import json
import secrets
import time
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import httpx2 as httpx
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from dunwell.domain.errors import BadInput, Forbidden, Unavailable
from dunwell.settings import OidcSettings

TIMEOUT = 10.0
CLOCKS_DIFFER = 60
SECONDS = 600
"""How long a person may take at the provider."""

SIGNED_WITH = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]


@dataclass(frozen=True, slots=True)
class Pending:
    """What must come back unchanged; only the browser that began has it."""

    state: str
    nonce: str
    verifier: str
    next: str

    def as_text(self) -> str:
        """For the cookie."""
        return base64.urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode()

    @classmethod
    def of_text(cls, text: str | None) -> "Pending":
        """From the cookie. Raises BadInput when there is none."""
        try:
            return cls(**json.loads(base64.urlsafe_b64decode(text or "")))
        except (ValueError, TypeError, RecursionError) as failure:
            raise BadInput("The login took too long or began elsewhere; begin again.") from failure


@dataclass(frozen=True, slots=True)
class Known:
    """Whom the provider vouches for; `login` is there when it may be trusted."""

    subject: str
    login: str | None


def begin(settings: OidcSettings, after: str = "/") -> tuple[str, Pending]:
    """Where to send the browser, and what to keep until it is back. Raises Unavailable."""
    pending = Pending(
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        next=after,
    )
    with _client(settings) as client:
        address, _ = client.create_authorization_url(
            _provider(settings.issuer)["authorization_endpoint"],
            state=pending.state,
            nonce=pending.nonce,
            code_verifier=pending.verifier,
        )
    return str(address), pending


def finish(settings: OidcSettings, pending: Pending, query: dict[str, str]) -> Known:
    """Who came back. Raises BadInput for an answer that isn't to our question, Forbidden when the
    provider refused, Unavailable when it doesn't answer.
    """
    if not secrets.compare_digest(query.get("state", "").encode(), pending.state.encode()):
        raise BadInput("The answer belongs to another login; begin again.")
    if "error" in query:
        raise Forbidden(f"The identity provider refused: {query['error'][:100]!r}.")
    if not query.get("code"):
        raise BadInput("The identity provider's answer has no code; begin again.")
    provider = _provider(settings.issuer)
    try:
        with _client(settings) as client:
            answer = client.fetch_token(
                provider["token_endpoint"], code=query["code"], code_verifier=pending.verifier
            )
        keys = httpx.get(provider["jwks_uri"], timeout=TIMEOUT).raise_for_status().json()
    except OAuthError as failure:
        raise BadInput(
            f"The identity provider doesn't take the code: {failure.error}."
        ) from failure
    except (httpx.HTTPError, ValueError) as failure:
        raise Unavailable("The identity provider doesn't answer; try again.") from failure
    return _known(settings, _claims(settings, pending, answer, keys))


def _claims(
    settings: OidcSettings, pending: Pending, answer: dict[str, Any], keys: Any
) -> dict[str, Any]:
    """The identity token's claims, once its signature and each of them hold."""
    rules = jwt.JWTClaimsRegistry(
        now=int(time.time()),
        leeway=CLOCKS_DIFFER,
        iss={"essential": True, "value": _provider(settings.issuer)["issuer"]},
        aud={"essential": True, "value": settings.client_id},
        sub={"essential": True},
        exp={"essential": True},
        nonce={"essential": True, "value": pending.nonce},
    )
    try:
        token = jwt.decode(
            answer.get("id_token", ""), KeySet.import_key_set(keys), algorithms=SIGNED_WITH
        )
        rules.validate(token.claims)
    except (JoseError, ValueError, TypeError, KeyError) as failure:
        raise BadInput("The identity provider's answer doesn't hold; begin again.") from failure
    audience = token.claims["aud"]
    several = isinstance(audience, list) and len(audience) > 1
    if several and token.claims.get("azp") != settings.client_id:
        raise BadInput("The identity provider's answer is meant for somebody else; begin again.")
    return dict(token.claims)


def _known(settings: OidcSettings, claims: dict[str, Any]) -> Known:
    login = claims.get(settings.login_claim)
    unproved = settings.login_claim == "email" and claims.get("email_verified") is not True
    return Known(str(claims["sub"]), None if unproved or not isinstance(login, str) else login)


def _client(settings: OidcSettings) -> Any:
    secret = settings.client_secret
    return OAuth2Client(
        settings.client_id,
        secret.get_secret_value() if secret else None,
        token_endpoint_auth_method="client_secret_basic" if secret else "none",
        redirect_uri=settings.redirect_url,
        scope=settings.scopes,
        code_challenge_method="S256",
        timeout=TIMEOUT,
    )


@lru_cache(maxsize=4)
def _provider(issuer: str) -> dict[str, Any]:
    """What the provider says about itself. Raises Unavailable."""
    try:
        answer = httpx.get(
            f"{issuer.rstrip('/')}/.well-known/openid-configuration", timeout=TIMEOUT
        )
        found: dict[str, Any] = answer.raise_for_status().json()
    except (httpx.HTTPError, ValueError) as failure:
        raise Unavailable(f"The identity provider at {issuer} doesn't answer.") from failure
    if str(found.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
        raise Unavailable(f"The identity provider at {issuer} says it is another one.")
    return found
