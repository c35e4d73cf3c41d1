"""The refusals of the ledger, each with its stable code and rule."""

from __future__ import annotations

from tenure.base.verdicts import declare

RATES_UNREADABLE = declare(
    "rates_unreadable",
    rule="R48",
    en="This is no file of reference rates; give the XML or CSV of the European Central Bank "
    "(eurofxref) as it was downloaded.",
    fr="Ce n’est pas un fichier de cours de référence ; donnez le XML ou le CSV de la Banque "
    "centrale européenne (eurofxref) tel qu’il a été téléchargé.",
)
RATE_UNKNOWN = declare(
    "rate_unknown",
    rule="R48",
    en="No exchange rate is known for {currency}; import one with tenure rates import.",
    fr="Aucun taux de change n’est connu pour {currency} ; importez-en un avec tenure rates "
    "import.",
)
NO_SIREN = declare(
    "ledger_needs_siren",
    rule="R48",
    en="The file for the tax office is named by the vendor's SIREN; give it in the catalogue "
    "file's vendor section.",
    fr="Le fichier des écritures porte le SIREN du vendeur dans son nom ; donnez-le dans la "
    "section vendor du catalogue.",
)
