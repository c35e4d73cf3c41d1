"""Who the sample customers are, and who looks after them at the vendor's."""

from __future__ import annotations

from typing import Final

from tenure.flows.demo.life import Person, Sample
from tenure.organisations.commands.organisation import BillingAddress
from tenure.policy.words import Audience

STAFF: Final = Person("jeanne@nivose.example", "Jeanne Nivôse")
"""Whoever looks after everything at the vendor's."""

LEA: Final = Person("lea@lumiere.example", "Léa Morel")
AOI: Final = Person("aoi@kumo.example", "Aoi Mori")
REN: Final = Person("ren@kumo.example", "Ren Sato")

LUMIERE: Final = Sample(
    name="Atelier Lumière",
    audience=Audience.BUSINESS,
    country="FR",
    timezone="Europe/Paris",
    language="fr",
    billing=BillingAddress(
        name="Atelier Lumière SAS",
        line1="12 rue des Tanneurs",
        postal_code="69002",
        city="Lyon",
        country="FR",
    ),
    owner=Person("claire@lumiere.example", "Claire Fontaine"),
    member=LEA,
)
KUMO: Final = Sample(
    name="Studio Kumo",
    audience=Audience.CREATOR,
    country="JP",
    timezone="Asia/Tokyo",
    language="en",
    billing=BillingAddress(
        name="Aoi Mori",
        line1="3-1-4 Yanaka",
        postal_code="110-0001",
        city="Tokyo",
        country="JP",
    ),
    owner=AOI,
    member=REN,
)
RIVERA: Final = Sample(
    name="Sam Rivera",
    audience=Audience.STUDENT,
    country="US",
    timezone="America/New_York",
    language="en",
    billing=BillingAddress(
        name="Sam Rivera",
        line1="77 Willow Street",
        postal_code="10027",
        city="New York",
        region="NY",
        country="US",
    ),
    owner=Person("sam@example.edu", "Sam Rivera"),
)
HADDAD: Final = Sample(
    name="Lina Haddad",
    audience=Audience.STUDENT,
    country="FR",
    timezone="Europe/Paris",
    language="fr",
    billing=BillingAddress(
        name="Lina Haddad",
        line1="5 place du Capitole",
        postal_code="31000",
        city="Toulouse",
        country="FR",
    ),
    owner=Person("lina@courriel.example", "Lina Haddad"),
    proved=False,
    days=3,
)

SAMPLES: Final = (LUMIERE, KUMO, RIVERA, HADDAD)

HUGO: Final = Person("hugo@lumiere.example", "Hugo Bernard")
NINA: Final = Person("nina@lumiere.example", "Nina Rossi")
OMAR: Final = Person("omar@lumiere.example", "Omar Benali")
YANN: Final = Person("yann@lumiere.example", "Yann Le Goff")
FANNY: Final = Person("fanny@lumiere.example", "Fanny Perrot")
BASILE: Final = Person("basile@lumiere.example", "Basile Ménard")
ODILE: Final = Person("odile@compta-confluence.example", "Odile Vasseur")
MARCO: Final = Person("marco@bureau-arcadia.example", "Marco Bellini")

FIRST: Final = (
    LEA,
    OMAR,
    Person("emile@lumiere.example", "Émile Garnier"),
    Person("zoe@lumiere.example", "Zoé Lambert"),
    Person("mathis@lumiere.example", "Mathis Roux"),
    Person("ines@lumiere.example", "Inès Caron"),
    Person("paul@lumiere.example", "Paul Arnaud"),
)
"""Whom Atelier Lumière invited in its first week."""

SPRING: Final = (
    BASILE,
    Person("chloe@lumiere.example", "Chloé Dumont"),
    Person("elodie@lumiere.example", "Élodie Faure"),
    Person("gaspard@lumiere.example", "Gaspard Noël"),
    Person("jade@lumiere.example", "Jade Ollivier"),
    Person("karim@lumiere.example", "Karim Haddou"),
    Person("lucie@lumiere.example", "Lucie Perez"),
    Person("noah@lumiere.example", "Noah Schmitt"),
    Person("sacha@lumiere.example", "Sacha Leroy"),
)
SUMMER: Final = (
    Person("tao@lumiere.example", "Tao Nguyen"),
    Person("anais@lumiere.example", "Anaïs Weber"),
    Person("bruno@lumiere.example", "Bruno Da Silva"),
    Person("celeste@lumiere.example", "Céleste Marchand"),
    Person("dominique@lumiere.example", "Dominique Kessler"),
    Person("felix@lumiere.example", "Félix Aubert"),
    Person("helene@lumiere.example", "Hélène Brunet"),
    Person("jules@lumiere.example", "Jules Fabre"),
)
