"""Letters and reminders: templates, what is to be sent, and what was sent, as it was.

The night writes `letter` and `reminder_message` with the data of that night; delivery moves them
on (`dunwell.features.letters`). The rendered document stands in a table of its own, so that the
letters stay narrow.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.dialects.postgresql import JSONB

from dunwell.tables.base import configuration, metadata, operational, reference, text
from dunwell.tables.cases import of_action

template = configuration(
    "template",
    # none: all brands
    Column("brand_id", ForeignKey("brand.id")),
    text("kind"),
    text("name"),
    text("locale", server_default="en_US"),
    text("engine"),
    text("format"),
    text("source"),
    text("changed_by"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("kind in ('dunning', 'invoice_reminder', 'email_body')", name="kind"),
    CheckConstraint("engine in ('typst', 'jinja2', 'xslt')", name="engine"),
    CheckConstraint("format in ('pdf', 'html', 'text')", name="format"),
    UniqueConstraint("brand_id", "kind", "name", "locale", postgresql_nulls_not_distinct=True),
)

# every wording that was ever tried and kept, by its hash; policy versions and drafts name them
template_text = Table(
    "template_text",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("kept_by", Text, nullable=False),
    Column("kept_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

letter = of_action(
    "letter",
    text("template"),
    text("locale", nullable=True),
    text("status", server_default="ready"),
    # how it goes out: print or email; decided when it is rendered
    text("channel", nullable=True),
    # why it is where it is: what failed, why it was withdrawn, why it waits
    text("message", nullable=True),
    # the files for the print shop that it belongs to
    text("batch", nullable=True),
    Column("attempts", Integer, nullable=False, server_default=sql("0")),
    Column("next_attempt_at", DateTime(timezone=True)),
    Column("sent_at", DateTime(timezone=True)),
    # what the letter will say, as it was when the night gathered it
    Column("data", JSONB, nullable=False),
    # the event of a severance process that made it, in the place of an action
    reference("severance_event_id", nullable=True),
    CheckConstraint(
        "status in ('ready', 'rendered', 'sending', 'uncertain', 'sent', 'withdrawn', 'error')",
        name="status",
    ),
    CheckConstraint("channel in ('print', 'email')", name="channel"),
    Index(
        "ix_letter_open",
        "status",
        "account_id",
        postgresql_where=sql("status in ('ready', 'rendered', 'sending', 'uncertain', 'error')"),
    ),
    Index(
        "uq_letter_severance_event",
        "account_id",
        "severance_event_id",
        unique=True,
        postgresql_where=sql("severance_event_id is not null"),
    ),
    CheckConstraint("num_nonnulls(action_id, severance_event_id) = 1", name="made_by"),
    always=False,
)

letter_document = operational(
    "letter_document",
    reference("letter_id"),
    Column("content", LargeBinary, nullable=False),
    text("media_type"),
    text("sha256"),
    # fixed before it is sent, so that whoever gets it twice can tell
    text("message_id", nullable=True),
    # what else went into it: the template (brand, locale, hash) and the sender's details
    Column("facts", JSONB, nullable=False),
    Column("rendered_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("uq_letter_document_letter", "account_id", "letter_id", unique=True),
)

reminder_message = of_action(
    "reminder_message",
    text("template"),
    text("locale", nullable=True),
    text("status", server_default="ready"),
    text("message", nullable=True),
    # the words for the invoice, once rendered
    text("content", nullable=True),
    Column("claimed_at", DateTime(timezone=True)),
    # the invoice that it was printed on
    text("invoice_no", nullable=True),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("data", JSONB, nullable=False),
    CheckConstraint(
        "status in ('ready', 'waiting', 'claimed', 'confirmed', 'withdrawn', 'error')",
        name="status",
    ),
    Index(
        "ix_reminder_message_open",
        "status",
        "account_id",
        postgresql_where=sql("status in ('ready', 'waiting', 'claimed', 'error')"),
    ),
)
