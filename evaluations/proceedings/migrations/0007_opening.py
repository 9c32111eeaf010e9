from django.db import migrations, models


class Migration(migrations.Migration):
    """Two officers open again whichever account one has closed; nothing changes in the database."""

    dependencies = [("proceedings", "0006_line")]

    operations = [
        migrations.AlterField(
            model_name="proposal",
            name="act",
            field=models.CharField(
                choices=[
                    ("move", "국면 이동"),
                    ("import", "마감 뒤 자료 들이기"),
                    ("void", "마감 뒤 평가표 무효"),
                    ("gate", "독자성 관문 결정"),
                    ("line", "경계선 결정"),
                    ("ruling", "이의신청에 답"),
                    ("officer", "계정 열기"),
                    ("amend", "기준 정정"),
                ],
                max_length=16,
                verbose_name="일",
            ),
        ),
    ]
