"""Settings of an installation: where the database and the files are.

Read from the environment (`DUNWELL_…`); what the business decides stands in the policy instead.
"""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """One installation; every value has a default, so that nothing need be set to try Dunwell."""

    model_config = SettingsConfigDict(env_prefix="DUNWELL_", extra="ignore")

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
    sepa_creditor: str | None = Field(
        default=None, description="The name under which direct debits are collected."
    )
    sepa_creditor_id: str | None = Field(default=None, description="The SEPA creditor identifier.")
    sepa_iban: str | None = Field(default=None, description="The account to be credited.")
    sepa_bic: str | None = Field(default=None, description="Its bank; not needed in the euro area.")
    sepa_lead_days: int = Field(
        default=2, ge=1, le=30, description="Bank days between a file and its collection date."
    )
