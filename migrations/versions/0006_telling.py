"""What is told stands apart from whom it is told to; windows, consent, reminders.

The rows of deliveries are made anew: nothing older than this may run beside it.
"""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations import columns

revision = "0006"
down_revision = "0005"

_JSON = pg.JSONB(astext_type=sa.Text())
_TIME = sa.DateTime(timezone=True)
_OPEN = sa.text("settled_at IS NULL")
_TOLD = """
    INSERT INTO telling (reason, key, story_id, article_id, revision_id, facts, embargo_until,
                         created_at)
    SELECT DISTINCT ON (old.story_id, old.revision_id)
           CASE WHEN old.revision_id = 0 THEN 'alert' ELSE 'correction' END,
           'story ' || old.story_id || CASE WHEN old.revision_id = 0 THEN ''
                                            ELSE ' revision ' || old.revision_id END,
           old.story_id, old.article_id, old.revision_id, old.alert - 'subscription' - 'hits',
           article.embargo_until, old.created_at
    FROM delivery AS old JOIN article ON article.id = old.article_id
    ORDER BY old.story_id, old.revision_id, old.id
"""
_OWED = """
    UPDATE delivery AS old
    SET telling_id = telling.id, channel = endpoint.channel, hits = old.alert -> 'hits'
    FROM telling, endpoint
    WHERE telling.story_id = old.story_id AND telling.revision_id = old.revision_id
      AND endpoint.id = old.endpoint_id
"""


def upgrade() -> None:
    _wishes()
    _consent()
    _tellings()
    _deliveries()
    _waiting()


def downgrade() -> None:
    op.drop_table("waiting")
    op.drop_table("dismissal")
    _deliveries_as_before()
    for table in ("telling", "instance", "suppressed"):
        op.drop_table(table)
    op.drop_index("ix_endpoint_address", "endpoint")
    for name in _ENDPOINT:
        op.drop_column("endpoint", name)
    op.drop_constraint("uq_rule_subscription_id_canonical_urgent", "rule")
    op.execute("DELETE FROM rule WHERE urgent")
    op.drop_column("rule", "urgent")
    unique = ["subscription_id", "canonical"]
    op.create_unique_constraint(op.f("uq_rule_subscription_id_canonical"), "rule", unique)
    op.drop_constraint("language_known", "subscription")
    for column in _wished():
        op.drop_column("subscription", column.name)
    op.create_table(
        "pacing",
        columns.number("endpoint_id"),
        sa.Column("turn_at", _TIME, nullable=False),
        columns.referring("pacing", "endpoint_id", "endpoint"),
        sa.PrimaryKeyConstraint("endpoint_id", name=op.f("pk_pacing")),
        comment="When an endpoint had its last turn of the alerts that come to it one by one.",
    )


_ENDPOINT: dict[str, Any] = {
    "confirmed_at": _TIME,
    "consent": _JSON,
    "asked_at": _TIME,
    "failing_since": _TIME,
    "rests_until": _TIME,
    "epoch": sa.BigInteger(),
}


def _wished() -> list[sa.Column[Any]]:
    def made(name: str, kind: Any, default: str) -> sa.Column[Any]:
        return sa.Column(name, kind, nullable=False, server_default=default)

    return [
        sa.Column("paused_at", _TIME, nullable=True),
        made("cadence", sa.Text(), "at-once"),
        made("remind", pg.ARRAY(sa.SmallInteger()), "{}"),
        made("coverage", sa.Boolean(), "false"),
        made("language", sa.Text(), "ko"),
        made("feed_epoch", sa.BigInteger(), "0"),
    ]


def _wishes() -> None:
    for column in _wished():
        op.add_column("subscription", column)
    op.create_check_constraint("language_known", "subscription", "language IN ('ko', 'en')")
    op.add_column("rule", sa.Column("urgent", sa.Boolean(), server_default="false", nullable=False))
    op.drop_constraint("uq_rule_subscription_id_canonical", "rule")
    op.create_unique_constraint(
        op.f("uq_rule_subscription_id_canonical_urgent"),
        "rule",
        ["subscription_id", "canonical", "urgent"],
    )
    op.drop_table("pacing")


def _consent() -> None:
    for name, kind in _ENDPOINT.items():
        counted = name == "epoch"
        op.add_column(
            "endpoint",
            sa.Column(name, kind, nullable=not counted, server_default="0" if counted else None),
        )
    op.create_index("ix_endpoint_address", "endpoint", ["channel", sa.text("lower(address)")])
    # Until now every address was typed by the operator, who answers for it.
    op.execute("""UPDATE endpoint SET confirmed_at = created_at, consent = '{"by": "operator"}'""")
    op.create_table(
        "suppressed",
        *map(columns.text, ("channel", "address", "why")),
        columns.now("at"),
        sa.PrimaryKeyConstraint("channel", "address", name=op.f("pk_suppressed")),
        comment="Addresses, in small letters, that do not exist or complained: never written to.",
    )
    instance = op.create_table(
        "instance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance")),
        comment="One row: what this installation is known by.",
    )
    op.bulk_insert(instance, [{"id": 1, "secret": secrets.token_bytes(32)}])


def _tellings() -> None:
    op.create_table(
        "telling",
        columns.identity(),
        *map(columns.text, ("reason", "key")),
        sa.Column("story_id", sa.BigInteger(), nullable=True),
        sa.Column("article_id", sa.BigInteger(), nullable=True),
        columns.count("revision_id"),
        sa.Column("facts", _JSON, nullable=False),
        columns.count("version"),
        sa.Column("embargo_until", _TIME, nullable=True),
        columns.now("created_at"),
        sa.CheckConstraint(
            "reason IN ('alert', 'correction', 'coverage', 'digest', 'reminder', 'confirm', "
            "'notice')",
            name="reason_known",
        ),
        columns.referring("telling", "story_id", "story"),
        columns.referring("telling", "article_id", "article"),
        columns.key("telling"),
        sa.UniqueConstraint("key", name=op.f("uq_telling_key")),
        comment="One thing that is told, however many are told of it.",
    )
    op.create_index("ix_telling_story_id", "telling", ["story_id"])
    op.create_table(
        "dismissal",
        *map(columns.number, ("subscription_id", "telling_id")),
        columns.now("at"),
        columns.referring("dismissal", "subscription_id", "subscription"),
        columns.referring("dismissal", "telling_id", "telling"),
        sa.PrimaryKeyConstraint("subscription_id", "telling_id", name=op.f("pk_dismissal")),
        comment="What a subscriber said was not for them.",
    )


_REFERRED = ("story_id", "subscription_id", "endpoint_id", "article_id")
_GONE = ("story_id", "article_id", "revision_id", "alert")


def _deliveries() -> None:
    op.execute(_TOLD)
    for name in _REFERRED:
        op.drop_constraint(f"fk_delivery_{name}", "delivery")
    op.add_column("delivery", sa.Column("telling_id", sa.BigInteger(), nullable=True))
    op.add_column("delivery", sa.Column("channel", sa.Text(), nullable=True))
    op.add_column("delivery", sa.Column("hits", _JSON, nullable=True))
    op.execute(_OWED)
    for name in ("telling_id", "channel"):
        op.alter_column("delivery", name, nullable=False)
    op.drop_constraint("uq_delivery_message_id", "delivery")
    op.execute(
        """ALTER TABLE delivery ALTER message_id TYPE uuid USING substr(message_id, 5)::uuid,
           ALTER message_id SET DEFAULT gen_random_uuid()"""
    )
    for name in _GONE:
        op.drop_column("delivery", name)  # the old promise, a constraint over them, goes with them
    op.create_unique_constraint(
        op.f("uq_delivery_telling_id_endpoint_id"), "delivery", ["telling_id", "endpoint_id"]
    )
    op.drop_index("ix_delivery_due", "delivery")
    for index, on in (("due", ["channel", "due_at"]), ("open", ["endpoint_id"])):
        op.create_index(f"ix_delivery_{index}", "delivery", on, postgresql_where=_OPEN)
    op.create_index("ix_delivery_of", "delivery", ["subscription_id", "created_at"])
    op.create_index(
        "ix_delivery_mailed",
        "delivery",
        ["message_id"],
        postgresql_where=sa.text("channel = 'mail' AND outcome = 'sent'"),
    )
    told = "One thing owed to one endpoint; settled as sent, dead or ended."
    op.create_table_comment("delivery", told)
    op.drop_constraint("fk_attempt_delivery_id", "attempt")
    op.drop_constraint("uq_attempt_delivery_id_number", "attempt")
    op.drop_column("attempt", "id")
    op.create_primary_key(op.f("pk_attempt"), "attempt", ["delivery_id", "number"])


def _deliveries_as_before() -> None:
    """What has no story was unknown before: it is forgotten."""
    op.execute(
        """DELETE FROM delivery USING telling
           WHERE telling.id = telling_id AND reason NOT IN ('alert', 'correction')"""
    )
    op.execute("DELETE FROM attempt WHERE delivery_id NOT IN (SELECT id FROM delivery)")
    op.drop_constraint("pk_attempt", "attempt")
    op.add_column("attempt", sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False))
    op.create_primary_key(op.f("pk_attempt"), "attempt", ["id"])
    op.create_unique_constraint(
        op.f("uq_attempt_delivery_id_number"), "attempt", ["delivery_id", "number"]
    )
    op.create_foreign_key(
        op.f("fk_attempt_delivery_id"),
        "attempt",
        "delivery",
        ["delivery_id"],
        ["id"],
        ondelete="CASCADE",
    )
    for name in ("story_id", "article_id", "revision_id"):
        op.add_column("delivery", sa.Column(name, sa.BigInteger(), nullable=True))
    op.alter_column("delivery", "revision_id", server_default="0")
    op.add_column("delivery", sa.Column("alert", _JSON, nullable=True))
    op.execute(
        """UPDATE delivery SET story_id = telling.story_id, article_id = telling.article_id,
                  revision_id = telling.revision_id,
                  alert = facts || jsonb_build_object('subscription', subscription.name,
                                                      'hits', coalesce(hits, '[]'))
           FROM telling, subscription
           WHERE telling.id = telling_id AND subscription.id = subscription_id"""
    )
    for name in _GONE:
        op.alter_column("delivery", name, nullable=False)
    _keys_as_before()


def _keys_as_before() -> None:
    for index in ("mailed", "of", "open", "due"):
        op.drop_index(f"ix_delivery_{index}", "delivery")
    op.create_index("ix_delivery_due", "delivery", ["due_at"], postgresql_where=_OPEN)
    op.drop_constraint("uq_delivery_telling_id_endpoint_id", "delivery")
    for name in ("telling_id", "channel", "hits"):
        op.drop_column("delivery", name)
    op.execute(
        """ALTER TABLE delivery ALTER message_id DROP DEFAULT,
           ALTER message_id TYPE text USING 'msg_' || message_id"""
    )
    op.create_unique_constraint(op.f("uq_delivery_message_id"), "delivery", ["message_id"])
    op.create_unique_constraint(
        op.f("uq_delivery_story_id_subscription_id_endpoint_id_revision_id"),
        "delivery",
        ["story_id", "subscription_id", "endpoint_id", "revision_id"],
    )
    for name in _REFERRED:
        table = name.removesuffix("_id")
        op.create_foreign_key(
            op.f(f"fk_delivery_{name}"), "delivery", table, [name], ["id"], ondelete="CASCADE"
        )
    op.create_table_comment("delivery", "One alert owed to one endpoint; settled as sent or dead.")


def _waiting() -> None:
    op.create_table(
        "waiting",
        *map(columns.number, ("telling_id", "subscription_id")),
        sa.Column("hits", _JSON, nullable=True),
        columns.now("created_at"),
        sa.Column("window_at", _TIME, nullable=False),
        sa.Column("told_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("subscription_id", "telling_id", name=op.f("pk_waiting")),
        comment="What a subscription that is not told at once is told of later.",
    )
    untold = sa.text("told_by IS NULL")
    op.create_index("ix_waiting_window", "waiting", ["window_at"], postgresql_where=untold)
    op.create_index("ix_waiting_telling_id", "waiting", ["telling_id"])
    op.create_index("ix_waiting_told_by", "waiting", ["told_by"])
    op.create_index("ix_waiting_of", "waiting", ["subscription_id", "created_at"])
