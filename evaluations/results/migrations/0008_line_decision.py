import django.db.models.deletion
from django.db import migrations, models

import portal.ids
from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    """What the committee decides on teams that are level on the line."""

    dependencies = [
        ("audit", "0002_append_only"),
        ("programme", "0008_amendable"),
        ("results", "0007_seal_earlier_runs"),
    ]

    operations = [
        migrations.CreateModel(
            name="LineDecision",
            fields=[
                ("id", portal.ids.RandomIdField(serialize=False)),
                ("revision", models.PositiveSmallIntegerField(default=1, verbose_name="차례")),
                (
                    "decision",
                    models.CharField(
                        choices=[("in", "진출"), ("out", "진출하지 않음")], max_length=8, verbose_name="결정"
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="이유")),
                ("source", models.CharField(blank=True, max_length=500, verbose_name="출처")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="결정일")),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="audit.event",
                        verbose_name="사건",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="line_decisions",
                        to="programme.team",
                        verbose_name="팀",
                    ),
                ),
            ],
            options={
                "verbose_name": "경계선 결정",
                "verbose_name_plural": "경계선 결정",
                "constraints": [
                    models.UniqueConstraint(fields=("team", "revision"), name="line_decision_revision_once"),
                    models.CheckConstraint(
                        condition=models.Q(("decision__in", ["in", "out"])), name="line_decision_known"
                    ),
                ],
            },
        ),
        AppendOnly("LineDecision", unique=[("team_id", "revision")]),
        migrations.CreateModel(
            name="LineTeam",
            fields=[],
            options={
                "verbose_name": "경계선 심의",
                "verbose_name_plural": "경계선 심의",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("programme.team",),
        ),
    ]
