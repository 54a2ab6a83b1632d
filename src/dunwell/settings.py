"""Settings of an installation: where the database and the files are.

Read from the environment (`DUNWELL_…`); what the business decides stands in the policy instead.
"""

from pathlib import Path

from pydantic import Field
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
