"""Settings of an installation: where the database and the files are.

Read from the environment (`DUNWELL_…`); what the business decides stands in the policy instead.
"""

import datetime as dt
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Smtp(BaseModel):
    """The mail server that takes letters, `DUNWELL_SMTP__…`."""

    model_config = ConfigDict(extra="forbid")

    host: str | None = Field(
        default=None, description="The mail server; without one, e-mail letters wait."
    )
    port: int = Field(default=587, gt=0, lt=65_536, description="Its port.")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="How the connection is encrypted; `none` only for a server on this machine.",
    )
    user: str | None = Field(default=None, description="Who logs in; nobody if empty.")
    password: SecretStr = Field(default=SecretStr(""), description="The password.")
    sender: str | None = Field(
        default=None, description="The From address; else that of the brand's `sender`."
    )
    bounce_address: str | None = Field(
        default=None, description="Where undeliverable letters return to; else the From address."
    )
    timeout: float = Field(default=30.0, gt=0, description="Seconds to wait for the server.")


class OidcSettings(BaseModel):
    """Single sign-on with an OpenID provider; without `issuer`, people log in with a password."""

    model_config = ConfigDict(extra="forbid")

    issuer: str = Field(description="The provider's address; its configuration is found below it.")
    client_id: str = Field(description="What the provider calls this installation.")
    client_secret: SecretStr | None = Field(
        default=None, description="The secret that goes with it; none for a public client."
    )
    redirect_url: str = Field(
        description="Where the provider sends people back:"
        " https://YOUR-HOST/api/v1/session/oidc/callback, as registered with it."
    )
    scopes: str = Field(default="openid email profile", description="What is asked of it.")
    login_claim: str = Field(
        default="email",
        description="The claim that names the person's login when they come for the first time.",
    )


class Settings(BaseSettings):
    """One installation; every value has a default, so that nothing need be set to try Dunwell."""

    model_config = SettingsConfigDict(
        env_prefix="DUNWELL_", env_nested_delimiter="__", extra="ignore"
    )

    home: Path = Field(
        default=Path(".dunwell"),
        description="Folder for the embedded database and everything that Dunwell writes.",
    )
    database_url: str | None = Field(
        default=None,
        description="A PostgreSQL server (15 or newer) to use instead of the embedded one.",
    )
    slice_width: int = Field(
        default=50_000,
        gt=0,
        description="How many account numbers one slice of the night covers.",
    )
    plugins: list[str] = Field(
        default_factory=list,
        description="Modules with policy plug-ins to load, as a JSON list of import names.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="The key from which subscribers' secrets are derived, at least 32 characters."
        " Without it, one is made and kept in secret.key of the home folder.",
    )
    webhook_networks: list[str] = Field(
        default_factory=list,
        description="Networks that aren't public to which events may be sent, as a JSON list like"
        ' ["10.20.0.0/16"].',
    )
    nats_credentials: Path | None = Field(
        default=None, description="The file (.creds) with which to log in to NATS, if it asks."
    )
    event_source: str = Field(
        default="/dunwell",
        description="What events name as their source: a URI or the path of one.",
    )
    night_at: dt.time = Field(
        default=dt.time(2, 30),
        description="When the worker runs the night, in the default brand's time zone.",
    )
    night_workers: int = Field(
        default=1, gt=0, le=64, description="How many slices the worker's night works on at once."
    )
    night_each_day: bool = Field(
        default=False,
        description="After missed nights, run one for each missed day instead of one for all.",
    )
    night_grace: int = Field(
        default=120,
        gt=0,
        description="After how many minutes a night that isn't completed counts as late.",
    )
    smtp: Smtp = Field(default_factory=Smtp, description="The mail server, `DUNWELL_SMTP__HOST`, …")
    export: Path | None = Field(
        default=None,
        description="Folder for printed letters and other files of a delivery; `letters` in the"
        " home folder if not given.",
    )
    gateways: dict[str, str] = Field(
        default_factory=dict,
        description="Who collects what, as JSON: a kind of payment method (card, direct_debit), or"
        " brand/kind, and the gateway's name (stripe, sepa, null, or your own as module:function).",
    )
    vault_key: SecretStr | None = Field(
        default=None,
        description="The key that seals account numbers; several, the newest first, by commas.",
    )
    stripe_key: SecretStr | None = Field(default=None, description="Stripe's secret key.")
    stripe_webhook_secret: SecretStr | None = Field(
        default=None, description="The secret that signs Stripe's webhook calls."
    )
    stripe_address: str | None = Field(
        default=None, description="Another address of Stripe's API, for tests and proxies."
    )
    connectors: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description="Other systems from which receivables come, as JSON: by name, each with its"
        " type (folder, stripe, http, or one of your plug-ins') and what that needs.",
    )
    connector_secrets: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="Their secrets, as JSON by the connector's name; NAME.webhook is what its"
        " webhooks are signed with.",
    )
    sepa_creditor: str | None = Field(
        default=None, description="The name under which direct debits are collected."
    )
    sepa_creditor_id: str | None = Field(default=None, description="The SEPA creditor identifier.")
    sepa_iban: str | None = Field(default=None, description="The account to be credited.")
    sepa_bic: str | None = Field(default=None, description="Its bank; not needed in the euro area.")
    sepa_lead_days: int = Field(
        default=2, ge=1, le=30, description="Bank days between a file and its collection date."
    )
    oidc: OidcSettings | None = None
    session_hours: float = Field(
        default=10, gt=0, le=744, description="How long a person stays logged in."
    )
    business_date: dt.date | None = Field(
        default=None,
        description="For trials: the business date of the API, instead of today.",
    )
    max_body_size: int = Field(
        default=1_000_000, gt=0, description="The largest body in bytes that the API takes."
    )
    max_load_size: int = Field(
        default=1_000_000_000,
        gt=0,
        description="The largest body in bytes of a bulk load over the API.",
    )
