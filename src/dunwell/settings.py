"""Settings of an installation: where the database and the files are.

Read from the environment (`DUNWELL_…`); what the business decides stands in the policy instead.
"""

from pathlib import Path
from typing import Literal

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
    smtp: Smtp = Field(default_factory=Smtp, description="The mail server, `DUNWELL_SMTP__HOST`, …")
    export: Path | None = Field(
        default=None,
        description="Folder for printed letters and other files of a delivery; `letters` in the"
        " home folder if not given.",
    )
