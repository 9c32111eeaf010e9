from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("panels", "0012_ground_unit_unknown"),
    ]

    operations = [
        migrations.AlterField(
            model_name="conflict",
            name="source",
            field=models.CharField(
                choices=[
                    ("declared", "본인 신고"),
                    ("rule", "소속 대조"),
                    ("officer", "담당자 확인"),
                    ("file", "단계 파일"),
                ],
                max_length=16,
                verbose_name="근거",
            ),
        ),
    ]
