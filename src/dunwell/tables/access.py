"""Access: people, the tokens that stand for them and for machines, and what guards the doors.

Secrets are never stored: a password is an Argon2id hash, a token the SHA-256 of 256 random bits.
"""

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    func,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.dialects.postgresql import JSONB

from dunwell.tables.base import configuration, metadata, text


def _moment(name: str, **options: object) -> Column[object]:
    return Column(name, DateTime(timezone=True), **options)  # type: ignore[arg-type]


def _words(name: str) -> Column[list[str]]:
    return Column(name, ARRAY(Text), nullable=False, server_default=sql("'{}'"))


person = configuration(
    "person",
    # lower case, so that nobody is somebody else by a capital letter
    text("login", unique=True),
    text("name"),
    # none: they come through single sign-on only
    text("password_hash", nullable=True),
    # who the identity provider says they are; bound at the first single sign-on
    text("oidc_subject", nullable=True, unique=True),
    _words("roles"),
    # beyond, and in spite of, what the roles give
    _words("granted"),
    _words("denied"),
    # ids of the brands that they see; none: every brand
    Column("brands", ARRAY(Integer)),
    # their name on task lists, if they work cases
    text("agent", nullable=True),
    _moment("disabled_at"),
    _moment("created_at", nullable=False, server_default=func.now()),
    Column("version", Integer, nullable=False, server_default=sql("1")),
    CheckConstraint("login = lower(login)", name="login"),
)

token = configuration(
    "token",
    text("kind"),
    Column("hash", LargeBinary, nullable=False, unique=True),
    # the person who logged in; a key belongs to a machine
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE")),
    # a key's name; a rotated key shares it with its successor while both are valid
    text("name", nullable=True),
    _words("scopes"),
    Column("brands", ARRAY(Integer)),
    text("created_by"),
    _moment("created_at", nullable=False, server_default=func.now()),
    _moment("expires_at", nullable=False),
    # to the minute, so that a busy key isn't written with every request
    _moment("last_used_at"),
    _moment("revoked_at"),
    CheckConstraint("kind in ('web', 'key')", name="kind"),
    CheckConstraint("(kind = 'web') = (person_id is not null)", name="person"),
    CheckConstraint("(kind = 'key') = (name is not null)", name="name"),
    Index("ix_token_person", "person_id"),
    Index("ix_token_name", "name"),
)

failed_login = Table(
    "failed_login",
    metadata,
    # what was typed, known or not: the answer doesn't tell which
    Column("login", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_failed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

idempotency_key = Table(
    "idempotency_key",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    # of the method, the path and the body
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", SmallInteger),
    Column("headers", JSONB),
    Column("body", LargeBinary),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_idempotency_key_created_at", "created_at"),
)
