from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("panels", "0011_ended_seats_hold_nobody"),
    ]

    operations = [
        migrations.AlterField(
            model_name="conflict",
            name="ground",
            field=models.CharField(
                choices=[
                    ("researcher", "평가 대상 과제의 연구자"),
                    ("relative", "연구자의 친족"),
                    ("mutual", "상호 평가"),
                    ("same_unit", "같은 최하위 부서"),
                    ("unit_unknown", "같은 기관이며 같은 부서인지 가릴 수 없음"),
                    ("same_organisation", "같은 기관"),
                    ("official", "부처·전문기관 소속"),
                    ("other", "그 밖의 이해관계"),
                ],
                max_length=24,
                verbose_name="사유",
            ),
        ),
    ]
