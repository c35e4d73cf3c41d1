"""What a page last showed of a cart (R10)."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="cart",
            name="shown",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
    ]
