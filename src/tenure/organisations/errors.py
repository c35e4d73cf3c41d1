"""The refusals about organisations and their people, each with its stable code and rule."""

from __future__ import annotations

from tenure.base.verdicts import declare

ACADEMIC_ADDRESS = declare(
    "academic_address",
    rule="R8",
    en="{email} belongs to {domain}, which is a listed academic domain.",
    fr="{email} relève de {domain}, un domaine universitaire répertorié.",
)
NOT_ACADEMIC = declare(
    "not_academic",
    rule="R8",
    en="{email} is not at a listed academic domain; send us another proof that you are a student.",
    fr="{email} ne relève d’aucun domaine universitaire répertorié ; envoyez-nous un autre "
    "justificatif de votre statut d’étudiant.",
)
MEMBER_MAY_LEAVE = declare(
    "member_may_leave",
    rule="R37",
    en="Another owner stays, or this member is none.",
    fr="Un autre propriétaire reste, ou ce membre ne l’est pas.",
)
LAST_OWNER = declare(
    "last_owner",
    rule="R37",
    en="The last active owner can be neither removed, suspended nor demoted; give the ownership "
    "to somebody else first.",
    fr="Le dernier propriétaire actif ne peut être ni retiré, ni suspendu, ni rétrogradé ; "
    "transmettez d’abord la propriété à quelqu’un d’autre.",
)
STANDING_ALLOWS = declare(
    "standing_allows",
    rule="R35",
    en="The standing {standing} includes {ability}.",
    fr="La qualité {standing} comprend {ability}.",
)
STANDING_FORBIDS = declare(
    "standing_forbids",
    rule="R35",
    en="The standing {standing} does not include {ability}; ask an administrator.",
    fr="La qualité {standing} ne comprend pas {ability} ; adressez-vous à un administrateur.",
)
VAT_NUMBER_MALFORMED = declare(
    "vat_number_malformed",
    rule="R45",
    en="{vat_number} is no VAT number of that country: its length or its check digits do not "
    "fit. Copy it as the tax office gave it, like {example}, or leave it empty.",
    fr="{vat_number} n’est pas un numéro de TVA de ce pays : sa longueur ou sa clé ne convient "
    "pas. Recopiez-le tel que l’administration l’a attribué, comme {example}, ou laissez-le vide.",
)
VAT_NUMBER_OF_ANOTHER_COUNTRY = declare(
    "vat_number_of_another_country",
    rule="R45",
    en="{vat_number} is not of the country that is billed, whose numbers begin with {prefix}. Give "
    "that country's number, or leave it empty.",
    fr="{vat_number} n’est pas du pays de facturation, dont les numéros commencent par {prefix}. "
    "Donnez le numéro de ce pays, ou laissez-le vide.",
)
VAT_NUMBER_VALIDATED = declare(
    "vat_number_validated",
    rule="R45",
    en="VAT number validated: reverse charge",
    fr="Numéro de TVA validé : autoliquidation",
)
SIREN_MALFORMED = declare(
    "siren_malformed",
    rule="R47",
    en="{siren} is neither a SIREN (9 digits) nor a SIRET (14): its length or its check digit does "
    "not fit.",
    fr="{siren} n’est ni un SIREN (9 chiffres) ni un SIRET (14) : sa longueur ou sa clé ne "
    "convient pas.",
)


# The vendor's staff.

STAFF_ALLOWED = declare(
    "staff_allowed",
    en="Your roles at the vendor include {ability}.",
    fr="Vos rôles chez le vendeur comprennent {ability}.",
)
STAFF_FORBIDDEN = declare(
    "staff_forbidden",
    en="Your roles at the vendor do not include {ability}; ask an admin.",
    fr="Vos rôles chez le vendeur ne comprennent pas {ability} ; adressez-vous à un admin.",
)
STAFF_MAY_LEAVE = declare(
    "staff_may_leave",
    en="Another admin stays, or this person is none.",
    fr="Un autre admin reste, ou cette personne ne l’est pas.",
)
LAST_ADMIN = declare(
    "last_admin",
    en="The last admin can neither go nor lose that role; make somebody else an admin first.",
    fr="Le dernier admin ne peut ni partir ni perdre ce rôle ; nommez d’abord un autre admin.",
)
STAFF_NEEDS_A_ROLE = declare(
    "staff_needs_a_role",
    en="Staff have one role at least: support, finance, catalogue or admin.",
    fr="Le personnel a au moins un rôle : support, finance, catalogue ou admin.",
)

ACTING_ALLOWED = declare(
    "acting_allowed",
    rule="R35",
    en="An administrator may look after {ability}, and so may who acts for the customer.",
    fr="Un administrateur peut gérer {ability}, et donc aussi qui agit pour le client.",
)
ACTING_FORBIDDEN = declare(
    "acting_forbidden",
    rule="R34",
    en="Who acts for a customer may not look after {ability}; only its owner may.",
    fr="Qui agit pour un client ne peut pas gérer {ability} ; seul son propriétaire le peut.",
)
ACTING_PAYS_NOTHING = declare(
    "acting_pays_nothing",
    rule="R35",
    en="Who acts for a customer never pays with the customer's card; the customer has to pay.",
    fr="Qui agit pour un client ne paie jamais avec la carte du client ; c’est au client de payer.",
)
ACTING_MAKES_NO_KEY = declare(
    "acting_makes_no_key",
    rule="R35",
    en="Who acts for a customer makes no key of its API: it would outlast the acting. Ask an "
    "administrator of the customer.",
    fr="Qui agit pour un client ne crée pas de clé de son API : elle survivrait à l’intervention. "
    "Adressez-vous à un administrateur du client.",
)
KEY_MAKEABLE = declare(
    "key_makeable",
    rule="R35",
    en="An administrator can make a key of the API.",
    fr="Un administrateur peut créer une clé de l’API.",
)
REASON_NEEDED = declare(
    "reason_needed",
    en="Say why: it is kept on record, and the customer can see it.",
    fr="Dites pourquoi : le motif est conservé, et le client peut le voir.",
)

# Students, whose proof staff judge.

PROOF_DECIDED = declare(
    "proof_decided",
    rule="R8",
    en="This proof was already decided on.",
    fr="Ce justificatif a déjà fait l’objet d’une décision.",
)
NOT_A_STUDENT = declare(
    "not_a_student",
    rule="R8",
    en="Only student organisations are verified, and this one is for {audience}.",
    fr="Seules les organisations d’étudiants sont vérifiées, et celle-ci relève de {audience}.",
)

# Invitations and their people.

ALREADY_MEMBER = declare(
    "already_member",
    rule="R36",
    en="This address belongs to a member already, or an invitation to it is pending; look for it "
    "among the members, or send the invitation again.",
    fr="Cette adresse est déjà celle d’un membre, ou une invitation lui a déjà été envoyée ; "
    "cherchez-la parmi les membres, ou renvoyez l’invitation.",
)
EXTERNAL_ID_TAKEN = declare(
    "external_id_taken",
    rule="R36",
    en="The externalId {external_id} is another member's; give each person one of their own.",
    fr="L’externalId {external_id} est celui d’un autre membre ; donnez à chaque personne le sien.",
)
INVITATION_CLOSED = declare(
    "invitation_closed",
    rule="R36",
    en="This invitation is {invitation_status}; ask an administrator for a new one.",
    fr="Cette invitation a l’état {invitation_status} ; demandez-en une nouvelle à un "
    "administrateur.",
)
TOO_MANY_AT_A_TIME = declare(
    "too_many_at_a_time",
    rule="R36",
    en="At most {most} addresses are invited at a time; use a file for more.",
    fr="On invite {most} adresses au plus à la fois ; utilisez un fichier pour davantage.",
)
FILE_NOT_TEXT = declare(
    "file_not_text",
    rule="R36",
    en="This is no text in UTF-8; save the file as CSV in UTF-8.",
    fr="Ce n’est pas du texte en UTF-8 ; enregistrez le fichier en CSV, encodage UTF-8.",
)
FILE_WITHOUT_LINES = declare(
    "file_without_lines",
    rule="R36",
    en="There is nobody in this file; give one address a line below the names of the columns.",
    fr="Ce fichier ne contient personne ; donnez une adresse par ligne sous les noms de colonnes.",
)
FILE_WITHOUT_ADDRESSES = declare(
    "file_without_addresses",
    rule="R36",
    en="The first line names the columns, and one of them must be: email.",
    fr="La première ligne nomme les colonnes, et l’une d’elles doit être : email.",
)
FILE_COLUMN_UNKNOWN = declare(
    "file_column_unknown",
    rule="R36",
    en="There is no column {column}; there are email, name, standing and roles.",
    fr="La colonne {column} n’existe pas ; il y a email, nom, qualité et rôles.",
)
LINE_TOO_LONG = declare(
    "line_too_long",
    rule="R36",
    en="This line has more values than there are columns.",
    fr="Cette ligne a plus de valeurs qu’il n’y a de colonnes.",
)
LINE_NO_ADDRESS = declare(
    "line_no_address",
    rule="R36",
    en="{address} is no e-mail address.",
    fr="{address} n’est pas une adresse électronique.",
)
LINE_TWICE = declare(
    "line_twice",
    rule="R36",
    en="{address} already stands in line {line}.",
    fr="{address} figure déjà à la ligne {line}.",
)
LINE_NAME_UNUSABLE = declare(
    "line_name_unusable",
    rule="R36",
    en="A name has up to {most} printable characters.",
    fr="Un nom compte {most} caractères imprimables au plus.",
)
LINE_STANDING_UNKNOWN = declare(
    "line_standing_unknown",
    rule="R36",
    en="{standing} is no standing; give member, external, billing or administrator.",
    fr="{standing} n’est pas une qualité ; donnez member, external, billing ou administrator.",
)
LINE_ROLE_UNKNOWN = declare(
    "line_role_unknown",
    rule="R36",
    en="There is no role {role}.",
    fr="Le rôle {role} n’existe pas.",
)
LINE_INVITABLE = declare(
    "line_invitable",
    rule="R36",
    en="This person can be invited.",
    fr="Cette personne peut être invitée.",
)
NOT_JOINED = declare(
    "member_not_joined",
    rule="R36",
    en="This member is {member_status}, and that cannot be changed for them; invite them again or "
    "withdraw the invitation.",
    fr="Ce membre a l’état {member_status} et cela ne peut être modifié pour lui ; invitez-le à "
    "nouveau ou retirez l’invitation.",
)
OWNERSHIP_IS_GIVEN = declare(
    "ownership_is_given",
    rule="R34",
    en="Ownership is an owner's or the vendor's to give; ask one of them.",
    fr="La propriété ne peut être transmise que par un propriétaire ou par le vendeur ; "
    "adressez-vous à l’un d’eux.",
)
OWNERS_ALONE = declare(
    "owners_alone",
    rule="R34",
    en="Only an owner may suspend, restore or remove an owner; ask one of them.",
    fr="Seul un propriétaire peut suspendre, rétablir ou retirer un propriétaire ; adressez-vous à "
    "l’un d’eux.",
)
OWNERSHIP_OFFERABLE = declare(
    "ownership_offerable",
    rule="R34",
    en="The ownership can be offered to this member, who then accepts or declines.",
    fr="La propriété peut être proposée à ce membre, qui l’accepte ou la décline ensuite.",
)
OWNERSHIP_TAKER_NOT_ACTIVE = declare(
    "ownership_taker_not_active",
    rule="R34",
    en="Ownership is offered to an active member; this one is not.",
    fr="La propriété se propose à un membre actif ; celui-ci ne l’est pas.",
)
ALREADY_OWNER = declare(
    "already_owner",
    rule="R34",
    en="This member is an owner already.",
    fr="Ce membre est déjà propriétaire.",
)
OWNERSHIP_OFFER_OPEN = declare(
    "ownership_offer_open",
    rule="R34",
    en="An offer of yours is still open; withdraw it before you make another.",
    fr="Une de vos propositions est encore ouverte ; retirez-la avant d’en faire une autre.",
)
OWNERSHIP_OFFER_CLOSED = declare(
    "ownership_offer_closed",
    rule="R34",
    en="This offer of ownership is {offer_status}; ask an owner for a new one.",
    fr="Cette proposition de propriété a l’état {offer_status} ; demandez-en une nouvelle à un "
    "propriétaire.",
)
OWNERSHIP_ANSWERABLE = declare(
    "ownership_answerable",
    rule="R34",
    en="The offer can be accepted.",
    fr="La proposition peut être acceptée.",
)
COUNTRY_NOT_THAT_OF_BILLING = declare(
    "country_not_that_of_billing",
    rule="R5",
    en="The organisation's country is the one that it is billed in; give the same twice.",
    fr="Le pays de l’organisation est celui de sa facturation ; donnez deux fois le même.",
)

# Test clocks (sandbox only).

SANDBOX_ONLY = declare(
    "sandbox_only",
    rule="R2",
    en="Test clocks exist in a sandbox alone; start the installation with TENURE_SANDBOX=1.",
    fr="Les horloges de test n’existent que dans un bac à sable ; démarrez l’installation avec "
    "TENURE_SANDBOX=1.",
)
NO_TEST_CLOCK = declare(
    "no_test_clock",
    rule="R2",
    en="This organisation lives by the machine's clock; create one with a test_clock to try time.",
    fr="Cette organisation vit à l’heure de la machine ; créez-en une avec test_clock pour essayer "
    "le temps.",
)
CLOCK_ONLY_FORWARD = declare(
    "clock_only_forward",
    rule="R2",
    en="A test clock moves only forward, and this one stands at {clock}.",
    fr="Une horloge de test ne fait qu’avancer, et celle-ci est arrêtée à {clock}.",
)
CLOCK_TOO_FAR = declare(
    "clock_too_far",
    rule="R2",
    en="A test clock can stand between {earliest} and {latest}.",
    fr="Une horloge de test peut être réglée entre {earliest} et {latest}.",
)
CLOCK_ADVANCES = declare(
    "clock_advances",
    rule="R2",
    en="The clock can be set to that instant.",
    fr="L’horloge peut être réglée sur cet instant.",
)

EXPORT_NOT_READY = declare(
    "export_not_ready",
    rule="R31",
    en="The archive is still being made; ask again in a moment.",
    fr="L’archive est encore en préparation ; demandez-la de nouveau dans un instant.",
)
ORGANISATION_PURGED = declare(
    "organisation_purged",
    rule="R31",
    en="The data of this customer were deleted, and nothing new can begin there; buy as a new "
    "organisation instead.",
    fr="Les données de ce client ont été supprimées, et rien de nouveau ne peut y commencer ; "
    "achetez plutôt avec une nouvelle organisation.",
)
