from django.db import migrations, models


class Migration(migrations.Migration):
    """One act more that two officers do together; nothing changes in the database."""

    dependencies = [("proceedings", "0005_resolution")]

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
                    ("officer", "담당자 계정 열기"),
                    ("amend", "기준 정정"),
                ],
                max_length=16,
                verbose_name="일",
            ),
        ),
    ]
