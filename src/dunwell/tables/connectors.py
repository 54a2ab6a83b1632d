"""Connectors: how far each has come in what another system tells."""

from sqlalchemy import Column, DateTime, Integer
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB

from dunwell.tables.base import configuration, text

connector = configuration(
    "connector",
    text("name", unique=True),
    # what the connector gave, opaque to everybody else
    Column("cursor", JSONB),
    Column("ran_at", DateTime(timezone=True)),
    Column("failures", Integer, nullable=False, server_default=sql("0")),
    text("message", nullable=True),
    # what couldn't be taken, and what to do
    text("problem", nullable=True),
    # the rows that it is about, by kind and name; none: not all are known
    Column("untaken", JSONB),
)
