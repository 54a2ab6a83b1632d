"""Customers are found by any word of their names, by e-mail and by telephone."""

from importlib.resources import files

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        sa.text(
            (files("dunwell.db") / "functions.sql").read_text(encoding="utf-8").replace(":", r"\:")
        )
    )
    op.create_table(
        "search_word",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_search_word")),
    )
    op.execute(
        "insert into search_word (account_id, brand_id, word)"
        " select account.id, account.brand_id, word from account"
        " cross join search_words(account.name, account.company, account.email, account.phone)"
        " as word order by account.id"
    )
    op.create_index("ix_search_word", "search_word", ["brand_id", "word", "account_id"])


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
