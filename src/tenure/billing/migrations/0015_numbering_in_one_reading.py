"""Documents are numbered with one reading of what is to be issued for each series, and one more.

The function did so before with several readings of every document.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("tenure.billing.migrations.0004_documents").NUMBERING

NUMBERING = """
CREATE OR REPLACE FUNCTION billing_numbered_documents(drafts json, after bigint)
RETURNS SETOF billing_document LANGUAGE plpgsql AS $$
DECLARE
    wanted record;
    told billing_document;
    reached bigint;
    previous text;
BEGIN
    FOR wanted IN
        SELECT DISTINCT each.series AS name, each.year
        FROM json_to_recordset(drafts) AS each (series text, year smallint) ORDER BY 1, 2
    LOOP
        INSERT INTO billing_documentseries (series, year, last, last_sha256)
        VALUES (wanted.name, wanted.year, 0, coalesce(
            (SELECT earlier.last_sha256 FROM billing_documentseries AS earlier
             WHERE earlier.series = wanted.name AND earlier.year < wanted.year
             ORDER BY earlier.year DESC LIMIT 1), ''))
        ON CONFLICT (series, year) DO NOTHING;
        SELECT held.last, held.last_sha256 INTO STRICT reached, previous
        FROM billing_documentseries AS held
        WHERE held.series = wanted.name AND held.year = wanted.year FOR UPDATE;
        FOR told IN
            SELECT draft.* FROM json_populate_recordset(NULL::billing_document, drafts) AS draft
            WHERE draft.series = wanted.name AND draft.year = wanted.year
        LOOP
            reached := reached + 1;
            told.sequence := reached;
            told.number := wanted.name || '-' || wanted.year || '-'
                || lpad(reached::text, greatest(6, length(reached::text)), '0');
            told.previous_sha256 := previous;
            told.content := replace(replace(replace(told.content,
                '"number":"?"', '"number":"' || told.number || '"'),
                '"sequence":0,', '"sequence":' || reached || ','),
                '"previous_sha256":"?",',
                CASE previous WHEN '' THEN ''
                              ELSE '"previous_sha256":"' || previous || '",' END);
            told.sha256 := encode(sha256(convert_to(told.content, 'UTF8')), 'hex');
            previous := told.sha256;
            RETURN NEXT told;
        END LOOP;
        UPDATE billing_documentseries AS held SET last = reached, last_sha256 = previous
        WHERE held.series = wanted.name AND held.year = wanted.year;
    END LOOP;
END
$$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0014_kinds_of_resolutions'),
    ]

    operations = [
        migrations.RunSQL(NUMBERING, BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")),
    ]
