"""Templates are part of the policy: every wording is kept by its hash, and the version in force and
the drafts on it name those that there are.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_NAMED = """
    jsonb_build_object('templates', (
        select coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'kind', template.kind, 'name', template.name, 'locale', template.locale,
                    'brand', brand.name, 'engine', template.engine, 'format', template.format,
                    'sha256', encode(sha256(convert_to(template.source, 'UTF8')), 'hex')
                )
                order by template.id
            ),
            '[]'
        )
        from template
        left join brand on brand.id = template.brand_id
    ))
"""


def upgrade() -> None:
    op.create_table(
        "template_text",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kept_by", sa.Text(), nullable=False),
        sa.Column(
            "kept_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_template_text")),
    )
    op.execute(
        "insert into template_text (sha256, source, kept_by)"
        " select distinct on (1) encode(sha256(convert_to(source, 'UTF8')), 'hex'), source,"
        " changed_by from template"
    )
    op.execute(
        f"update policy_version set document = document || {_NAMED}"
        " where id = (select max(id) from policy_version) and exists (select from template)"
    )
    op.execute(f"update policy_draft set document = document || {_NAMED}")
