"""What can be wrong with a policy file, and what it is worth being warned of."""

from __future__ import annotations

from tenure.base.verdicts import Code, Figure, declare


class PolicyProblem(ValueError):
    """A value that is well formed but cannot stand beside the others; names its key."""

    def __init__(self, key: str, code: Code, **figures: Figure) -> None:
        super().__init__(code.code)
        self.key = key
        self.code = code
        self.figures = figures


NOT_TOML = declare(
    "policy_not_toml",
    en="This is not TOML: {detail}.",
    fr="Ceci n’est pas du TOML : {detail}.",
)
KEY_UNKNOWN = declare(
    "policy_key_unknown",
    en="There is no such key here; possible are {known}.",
    fr="Cette clé n’existe pas ici ; sont possibles : {known}.",
)
NOT_A_SECTION = declare(
    "policy_not_a_section",
    en="This must be a section with keys of its own.",
    fr="Une section avec ses propres clés est attendue.",
)
NOT_WHOLE_NUMBER = declare(
    "policy_not_whole_number",
    en="This must be a whole number.",
    fr="Un nombre entier est attendu.",
)
NOT_TRUE_OR_FALSE = declare(
    "policy_not_true_or_false",
    en="This must be true or false.",
    fr="La valeur true ou false est attendue.",
)
NOT_A_LIST = declare(
    "policy_not_a_list",
    en="This must be a list.",
    fr="Une liste est attendue.",
)
NOT_ONE_OF = declare(
    "policy_not_one_of",
    en="This must be one of: {expected}.",
    fr="Une de ces valeurs est attendue : {expected}.",
)
NOT_A_DOMAIN = declare(
    "policy_not_a_domain",
    rule="R8",
    en="This must be a domain in lower case, such as example.edu.",
    fr="Un nom de domaine en minuscules est attendu, tel que example.edu.",
)
NOT_TEXT = declare(
    "policy_not_text",
    en="This must be text in quotes.",
    fr="Du texte entre guillemets est attendu.",
)
TOO_SMALL = declare(
    "policy_too_small",
    en="This must be {least} or more.",
    fr="Cette valeur doit être de {least} au moins.",
)
TOO_GREAT = declare(
    "policy_too_great",
    en="This must be {most} or less.",
    fr="Cette valeur doit être de {most} au plus.",
)
TOO_SHORT = declare(
    "policy_too_short",
    en="This list needs at least {least} value.",
    fr="Cette liste doit contenir au moins {least} valeur.",
)
TOO_LONG = declare(
    "policy_too_long",
    en="This list can have at most {most} values.",
    fr="Cette liste ne peut pas dépasser {most} valeurs.",
)
UNUSABLE = declare(
    "policy_unusable",
    en="This value cannot be used.",
    fr="Cette valeur est inutilisable.",
)
GIVEN_TWICE = declare(
    "policy_given_twice",
    en="{value} is given twice.",
    fr="{value} est donné deux fois.",
)
NO_TRIAL_HERE = declare(
    "policy_no_trial_here",
    rule="R9",
    en="A trial is no term to choose: its offer names its days.",
    fr="L’essai n’est pas une durée au choix : son offre en donne les jours.",
)
UNKNOWN_COUNTRY = declare(
    "policy_unknown_country",
    rule="R5",
    en="{value} is not a country of ISO 3166.",
    fr="{value} n’est pas un pays de l’ISO 3166.",
)
TAXED_ALREADY = declare(
    "policy_taxed_already",
    rule="R45",
    en="{value} is in the EU, where tax is charged in any case.",
    fr="{value} est dans l’UE, où la taxe est due dans tous les cas.",
)
DAYS_NOT_DESCENDING = declare(
    "policy_days_not_descending",
    en="The days must go down, each of them once: the earliest comes first.",
    fr="Les jours doivent décroître, chacun une seule fois : le plus tôt vient d’abord.",
)
CHARGE_BEFORE_DEADLINE = declare(
    "policy_charge_before_deadline",
    rule="R24",
    en="A renewal may only be charged when its deadline is over: fewer than {days} days before "
    "the end.",
    fr="Un renouvellement n’est débité qu’une fois sa date limite passée : moins de {days} jours "
    "avant la fin.",
)
DAYS_TOO_EARLY = declare(
    "policy_days_too_early",
    rule="R25",
    en="The first reminder can go out at most {most} days before the deadline, or the period "
    "would not have begun.",
    fr="Le premier rappel peut partir au plus {most} jours avant la date limite ; plus tôt, la "
    "période n’aurait pas commencé.",
)
WARNING_TOO_EARLY = declare(
    "policy_warning_too_early",
    rule="R31",
    en="A warning cannot go out earlier than the {days} days for which data last.",
    fr="Un avertissement ne peut pas partir avant les {days} jours de conservation des données.",
)
NOTICE_WINDOW_EMPTY = declare(
    "policy_notice_window_empty",
    rule="R33",
    en="The latest notice must come after the earliest: give fewer months.",
    fr="Le dernier avis doit venir après le premier : donnez moins de mois.",
)
NOT_AN_ACCOUNT_NUMBER = declare(
    "policy_not_an_account_number",
    rule="R48",
    en="{value} is not the number of an account: write at least three digits, such as 411000.",
    fr="{value} n’est pas un numéro de compte : écrivez au moins trois chiffres, comme 411000.",
)
CONSUMERS_WITHOUT_STATUTORY_RIGHTS = declare(
    "consumers_without_statutory_rights",
    rule="R33",
    en="Consumers in the EU are sold to ({countries}), but the section statutory_eu is off.",
    fr="Des consommateurs de l’UE sont servis ({countries}), mais la section statutory_eu est "
    "désactivée.",
)
