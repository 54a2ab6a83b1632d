"""What is ready becomes documents: claimed in batches, asked once more whether they are still
wanted, rendered in processes of their own, and kept. Printing and mailing take it from there.

A batch is one transaction, so that a crash leaves its letters ready, and another process that
delivers skips what is claimed here.
"""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import TupleRow, dict_row
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.domain.errors import NotFound
from dunwell.domain.statuses import Channel, TemplateKind
from dunwell.features.events import log as event_log
from dunwell.features.letters import rules
from dunwell.features.letters.engines import Document
from dunwell.features.letters.rendering import Failed, Job, Outcome, Renderer
from dunwell.features.letters.templates import Catalog, Template
from dunwell.features.policy import settings as policy_settings
from dunwell.features.policy.settings import PolicySettings

_DELIVERING = statements.load(__package__, "delivering.sql")
_WANTED = statements.load(__package__, "wanted.sql")

BATCH = 100
"""Letters in one transaction: what a crash renders again."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Brand:
    """What a brand's letters need of it."""

    locale: str
    sender: Mapping[str, Any]


@dataclass(slots=True)
class Round:
    """One delivery: its day, its moment, and what all letters share."""

    connection: psycopg.Connection[TupleRow]
    """In autocommit: each step opens its own transactions."""
    date: dt.date
    moment: dt.datetime
    settings: PolicySettings
    catalog: Catalog
    brands: Mapping[int, Brand]
    counts: Counter[str] = field(default_factory=Counter)

    @classmethod
    def begin(
        cls, connection: psycopg.Connection[TupleRow], date: dt.date, moment: dt.datetime
    ) -> "Round":
        """Read what stays the same while it lasts; what an ended process was sending is known to
        be uncertain from here on. The caller is the only one that delivers.
        """
        with connection.transaction():
            event_log.ensure_month(connection, date)
            _DELIVERING["orphans"].run(connection, {"business_date": date})
        brands = connection.execute("select id, locale, sender from brand").fetchall()
        return cls(
            connection=connection,
            date=date,
            moment=moment,
            settings=policy_settings.read(connection),
            catalog=Catalog.read(connection),
            brands={number: Brand(locale, sender) for number, locale, sender in brands},
        )

    def rows(self, statement: statements.Statement, **given: Any) -> list[Row]:
        """What a query finds, as dictionaries."""
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(statement.render(), given).fetchall()

    def still_wanted(self, rows: Sequence[Row], table: str = "letter") -> list[Row]:
        """Those that are; the others are withdrawn, with the reason."""
        found = _WANTED["withdraw"].run(
            self.connection,
            {
                "account_ids": [row["account_id"] for row in rows],
                "ids": [row["id"] for row in rows],
                "business_date": self.date,
                "kind": f"{table.partition('_')[0]}_withdrawn",
            },
            rules.WANTED_OF[table],
        )
        gone = {(account_id, number) for account_id, number, _ in found}
        self.counts["withdrawn"] += len(gone)
        return [row for row in rows if (row["account_id"], row["id"]) not in gone]

    def template(self, kind: TemplateKind, name: str, row: Row) -> Template:
        """The template in the locale of the account, else of the brand. Raises NotFound."""
        own = row["data"].get("account", {}).get("locale") or row["locale"]
        wanted = rules.locales(own, self.brands[row["brand_id"]].locale)
        return self.catalog.find(kind, name, row["brand_id"], wanted)

    def job(self, template: Template, row: Row) -> Job:
        """What the renderer is given for a letter."""
        sender = self.brands[row["brand_id"]].sender
        days, today = self.settings.days_to_pay, self.date.isoformat()
        return template.job(row["data"], sender, days_to_pay=days, today=today)


@dataclass(slots=True)
class _Draft:
    """A letter under way: its jobs, and what became of it."""

    row: Row
    channel: Channel
    template: Template | None = None
    body_template: Template | None = None
    fault: str = ""


def try_again(round_: Round) -> None:
    """Letters in error are ready once more."""
    _DELIVERING["try_again"].run(round_.connection)


def render(round_: Round, renderer: Renderer) -> None:
    """Render everything that is ready and still wanted."""
    while _render_batch(round_, renderer):
        pass


def _render_batch(round_: Round, renderer: Renderer) -> bool:
    with round_.connection.transaction():
        claimed = round_.rows(_DELIVERING["claim_ready"], business_date=round_.date, most=BATCH)
        if not claimed:
            return False
        drafts = [_draft(round_, row) for row in round_.still_wanted(claimed)]
        letters = _rendered(round_, renderer, drafts, "template")
        bodies = _rendered(round_, renderer, drafts, "body_template")
        for draft, letter, body in zip(drafts, letters, bodies, strict=True):
            _keep(round_, draft, letter, body)
    return True


def _draft(round_: Round, row: Row) -> _Draft:
    channel = rules.channel(
        pay_type=row["pay_type"],
        preference=row["delivery"],
        email=row["email"],
        setting=round_.settings.delivery,
    )
    draft = _Draft(row, channel)
    try:
        draft.template = round_.template(TemplateKind.DUNNING, row["template"], row)
        if channel == Channel.EMAIL and _is_attached(draft.template, round_.settings):
            name = round_.settings.email_body
            draft.body_template = round_.template(TemplateKind.EMAIL_BODY, name, row)
    except NotFound as missing:
        draft.fault = missing.message
    return draft


def _is_attached(template: Template, settings: PolicySettings) -> bool:
    """A PDF can't be the body of an e-mail."""
    return settings.email_option == "attachment" or template.format == "pdf"


def _rendered(
    round_: Round, renderer: Renderer, drafts: Sequence[_Draft], which: str
) -> list[Outcome | None]:
    """What became of each draft's template; none where it has none."""
    jobs = [
        round_.job(getattr(draft, which), draft.row)
        for draft in drafts
        if getattr(draft, which) is not None and not draft.fault
    ]
    made = iter(list(renderer.render_all(jobs)))
    return [
        next(made) if getattr(draft, which) is not None and not draft.fault else None
        for draft in drafts
    ]


def _keep(round_: Round, draft: _Draft, letter: Outcome | None, body: Outcome | None) -> None:
    key = {"account_id": draft.row["account_id"], "id": draft.row["id"]}
    faults = [draft.fault, *(made.message for made in (letter, body) if isinstance(made, Failed))]
    fault = next((each for each in faults if each), None)
    if fault is not None or not isinstance(letter, Document):
        given = {**key, "message": fault, "business_date": round_.date}
        _DELIVERING["set_aside"].run(round_.connection, given)
        round_.counts["failed"] += 1
        return
    assert draft.template is not None
    digest = hashlib.sha256(letter.content).hexdigest()
    facts = {
        "template": draft.template.name,
        "template_sha256": draft.template.sha256,
        "template_brand": draft.template.brand,
        "locale": draft.template.locale,
        "sender": dict(round_.brands[draft.row["brand_id"]].sender),
        "subject": letter.subject,
    }
    if isinstance(body, Document):
        facts |= {
            "subject": body.subject or letter.subject,
            "body": body.content.decode(),
            "body_media_type": body.media_type,
        }
    document = {
        **key,
        "content": letter.content,
        "media_type": letter.media_type,
        "digest": digest,
        # the same however often it is rendered or sent
        "message_id": f"dunwell.{draft.row['account_id']}.{draft.row['id']}.{digest[:12]}"
        if draft.channel == Channel.EMAIL
        else None,
        "facts": Jsonb(facts),
    }
    _DELIVERING["keep_document"].run(round_.connection, document)
    _DELIVERING["rendered"].run(round_.connection, {**key, "channel": draft.channel.value})
    round_.counts["rendered"] += 1
