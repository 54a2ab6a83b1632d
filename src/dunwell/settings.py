"""Settings of an installation: where the database and the files are.

Read from the environment (`DUNWELL_…`); what the business decides stands in the policy instead.
"""

import datetime as dt
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


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
