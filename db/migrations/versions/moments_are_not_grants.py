"""Moments have words of their own: what the EU decides, and the steps to a reaction."""

import sqlalchemy as sa
from alembic import op

revision = "moments_are_not_grants"
down_revision = "unmatched_calls"
branch_labels = None
depends_on = None

KINDS = (
    *("consultation", "have_your_say", "committee_debate", "budget", "bo_mirt", "work_programme"),
    *("position_paper", "election", "mra", "other"),
)
OF_THE_EU = ("commission_plan", "ep_vote", "trilogue", "cor_opinion", "comitology")
STEPS = ("go_no_go", "officials", "platform", "board", "executive", "council", "signatures", "upload")
OF_A_REACTION = ("reaction", "sending")


def _hold(table: str, column: str, words: tuple[str, ...]) -> None:
    name, listed = op.f(f"ck_{table}_{column}"), ", ".join(f"'{word}'" for word in words)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, sa.text(f"{column} IN ({listed})"))


def upgrade() -> None:
    _hold("moment", "kind", (*KINDS, *OF_THE_EU))
    _hold("milestone", "step", (*STEPS, *OF_A_REACTION))


def downgrade() -> None:
    moment = sa.table("moment", sa.column("kind", sa.String))
    op.execute(sa.update(moment).where(moment.c.kind.in_(OF_THE_EU)).values(kind="other"))
    op.execute("DELETE FROM milestone WHERE step IN ('reaction', 'sending')")
    _hold("moment", "kind", KINDS)
    _hold("milestone", "step", STEPS)
