"""Schedules are written once for all cases that share them; their events name them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# plpgsql: it is compiled when it is called
_EVENT_DATA = """
create function event_data(data jsonb) returns jsonb stable parallel safe language plpgsql as $$
begin
    if data ? 'schedule' then
        return data - 'schedule' || jsonb_build_object('actions', (
            select schedule.actions from schedule where schedule.id = (data ->> 'schedule')\\:\\:int
        ));
    end if;
    return data;
end
$$
"""


def upgrade() -> None:
    op.create_table(
        "schedule",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("scenario_id", sa.Integer(), nullable=False),
        sa.Column("entry_date", sa.Date(), nullable=False),
        sa.Column("actions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
    )
    op.execute(_EVENT_DATA)


def downgrade() -> None:
    raise NotImplementedError("a database goes forward only; restore a backup")
