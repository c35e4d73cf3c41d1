"""Why money went back is said in the customer's words, as what goes back now: codes stood there."""

from django.db import migrations

WORDS = """
UPDATE billing_refund AS refund
SET reason = CASE organisation.language WHEN 'fr' THEN said.fr ELSE said.en END
FROM organisations_organisation AS organisation, (VALUES
    ('order_cancelled', 'The order was cancelled.', 'La commande a été annulée.'),
    ('ended_without_notice', 'The contract was ended, for want of a notice of its renewal.',
     'Le contrat a pris fin, faute d''avis de son renouvellement.'),
    ('vat_number_validated', 'VAT number validated: reverse charge',
     'Numéro de TVA validé : autoliquidation')
) AS said (code, en, fr)
WHERE organisation.id = refund.organisation_id AND refund.reason = said.code
"""


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0015_numbering_in_one_reading'),
        ('organisations', '0001_initial'),
    ]

    operations = [migrations.RunSQL(WORDS, migrations.RunSQL.noop)]
