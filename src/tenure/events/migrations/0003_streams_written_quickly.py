"""Streams tell who wrote them by a trigger that begins no subtransaction.

A subtransaction of its own for each row looked through all that the transaction had still to check.
"""

import pgtrigger.migrations
from django.db import migrations

TRIGGER = """
CREATE FUNCTION events_stream_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.written_by := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END
$$;
CREATE TRIGGER written_by BEFORE INSERT OR UPDATE ON events_stream
    FOR EACH ROW EXECUTE FUNCTION events_stream_written();
"""
BACK = """
DROP TRIGGER written_by ON events_stream;
DROP FUNCTION events_stream_written();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0002_streams_tell_who_wrote_them'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(model_name='stream', name='written_by'),
        migrations.RunSQL(TRIGGER, BACK),
    ]
