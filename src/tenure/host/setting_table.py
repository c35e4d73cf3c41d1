"""The table of all settings: what each is called, what it means, how its text is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tenure.host.addresses import mail_address, parse_database_url, parse_smtp_url

_YES: Final = frozenset({"1", "true", "yes", "on"})
STRIPE_TEST_KEYS: Final = ("sk_test_", "rk_test_")
STRIPE_LIVE_KEYS: Final = ("sk_live_", "rk_live_")
"""How keys of Stripe's begin, those that charge nobody and those that do."""
_NO: Final = frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: its name in the environment, what it means, how its text is read."""

    name: str
    field: str
    en: str
    fr: str
    read: Callable[[str], Any]
    default: str | None = None
    secret: bool = False
    without: tuple[str, str] = ("none", "aucun")
    """What no value and no default amounts to, in English and French."""


def _flag(text: str) -> bool:
    word = text.lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError("1, 0")


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 10_000:
        raise ValueError("1 … 10000")
    return int(text)


def _few(text: str) -> int:
    if text not in tuple("0123456789"):
        raise ValueError("0 … 9")
    return int(text)


def _header(text: str) -> str:
    if not all(part.isascii() and part.isalnum() for part in text.split("-")):
        raise ValueError("Name-Of-Header")
    return text


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(", ".join(words))
        return text

    return read


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
        raise ValueError("https://host[:port][/path]")
    return text.rstrip("/")


def _database(text: str) -> str:
    parse_database_url(text)
    return text


def _stripe_key(text: str) -> str:
    if not text.startswith(STRIPE_TEST_KEYS + STRIPE_LIVE_KEYS):
        raise ValueError(", ".join(f"{each}…" for each in STRIPE_TEST_KEYS + STRIPE_LIVE_KEYS))
    return text


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.replace(",", " ").split() if word)


SETTINGS: Final = (
    Setting(
        "DATABASE_URL",
        "database_url",
        en="The PostgreSQL server (15 or newer) to use, postgresql://user:password@host/name.",
        fr="Le serveur PostgreSQL (15 ou plus récent) à utiliser, "
        "postgresql://utilisateur:motdepasse@hôte/nom.",
        read=_database,
        secret=True,
        without=("the embedded server", "le serveur embarqué"),
    ),
    Setting(
        "TENURE_DATA_DIR",
        "data_dir",
        en="The directory that holds this installation's data, and by which commands find it.",
        fr="Le répertoire qui contient les données de cette installation et par lequel les "
        "commandes la trouvent.",
        read=_path,
        default="~/.local/share/tenure",
    ),
    Setting(
        "TENURE_SERVER_DIR",
        "server_dir",
        en="Where the embedded server's data and programs lie if Tenure runs as root; another "
        "user must be able to enter it.",
        fr="L’emplacement des données et des programmes du serveur embarqué si Tenure tourne en "
        "root ; un autre utilisateur doit pouvoir y entrer.",
        read=_path,
        default="/var/lib/tenure",
    ),
    Setting(
        "TENURE_SANDBOX",
        "sandbox",
        en="1 allows the sandbox gateway and test clocks; never on a live installation.",
        fr="1 autorise la passerelle d’essai et les horloges de test ; jamais sur une "
        "installation réelle.",
        read=_flag,
        default="0",
    ),
    Setting(
        "TENURE_DEBUG",
        "debug",
        en="1 shows errors with their surroundings, for development alone.",
        fr="1 montre les erreurs avec leur contexte, pour le développement seulement.",
        read=_flag,
        default="0",
    ),
    Setting(
        "TENURE_SECRET_KEY",
        "given_secret_key",
        en="The key that signs sessions and links; the same on every machine of an installation.",
        fr="La clé qui signe les sessions et les liens ; la même sur toutes les machines d’une "
        "installation.",
        read=str,
        secret=True,
        without=("made once, kept in the data directory", "créée puis gardée avec les données"),
    ),
    Setting(
        "TENURE_PUBLIC_URL",
        "public_url",
        en="Where browsers and applications reach this installation.",
        fr="L’adresse par laquelle navigateurs et applications joignent cette installation.",
        read=_address,
        default="http://127.0.0.1:8000",
    ),
    Setting(
        "TENURE_DECIDE_URL",
        "decide_url",
        en="Where applications reach the decision node, if one runs.",
        fr="L’adresse par laquelle les applications joignent le nœud de décision, s’il y en a un.",
        read=_address,
        without=("the public address", "l’adresse publique"),
    ),
    Setting(
        "TENURE_ALLOWED_HOSTS",
        "allowed_hosts",
        en="Host names answered to beside that of the public address, separated by commas.",
        fr="Les noms d’hôte acceptés en plus de celui de l’adresse publique, séparés par des "
        "virgules.",
        read=_words,
        default="localhost,127.0.0.1,[::1]",
    ),
    Setting(
        "TENURE_LOG_FORMAT",
        "log_format",
        en="How logs are written: json, one object a line, or console, for people.",
        fr="La forme des journaux : json, un objet par ligne, ou console, pour les personnes.",
        read=_one_of("json", "console"),
        default="json",
    ),
    Setting(
        "TENURE_LOG_LEVEL",
        "log_level",
        en="The least grave message that is logged: DEBUG, INFO, WARNING or ERROR.",
        fr="Le message le moins grave qui est journalisé : DEBUG, INFO, WARNING ou ERROR.",
        read=_one_of("DEBUG", "INFO", "WARNING", "ERROR"),
        default="INFO",
    ),
    Setting(
        "TENURE_WEB_WORKERS",
        "web_workers",
        en="Processes that answer pages and the API.",
        fr="Les processus qui répondent aux pages et à l’API.",
        read=_count,
        default="2",
    ),
    Setting(
        "TENURE_WEB_THREADS",
        "web_threads",
        en="Threads of each of them; every thread keeps a database connection.",
        fr="Les fils d’exécution de chacun ; chaque fil garde une connexion à la base.",
        read=_count,
        default="4",
    ),
    Setting(
        "TENURE_DECIDE_WORKERS",
        "decide_workers",
        en="Processes of the decision node.",
        fr="Les processus du nœud de décision.",
        read=_count,
        default="2",
    ),
    Setting(
        "TENURE_DECIDE_POOL",
        "decide_pool",
        en="Database connections that each of them keeps.",
        fr="Les connexions à la base que garde chacun d’eux.",
        read=_count,
        default="4",
    ),
    Setting(
        "TENURE_WORKER_CONCURRENCY",
        "worker_concurrency",
        en="Jobs that a worker does at the same time.",
        fr="Les tâches qu’un exécutant mène de front.",
        read=_count,
        default="4",
    ),
    Setting(
        "TENURE_GATEWAY_CONCURRENCY",
        "gateway_concurrency",
        en="Renewals that a worker charges at the gateway at the same time.",
        fr="Les renouvellements qu’un exécutant débite en même temps auprès de la passerelle.",
        read=_count,
        default="20",
    ),
    Setting(
        "TENURE_DATABASE_CONNECTION_AGE",
        "database_connection_age",
        en="Seconds for which a web process keeps a database connection.",
        fr="Les secondes pendant lesquelles un processus web garde une connexion à la base.",
        read=_count,
        default="600",
    ),
    Setting(
        "TENURE_SMTP_URL",
        "smtp",
        en="The server that mail goes out by: smtps://user:password@host (TLS), "
        "smtp+starttls://… (TLS once it answers) or smtp://… (plain).",
        fr="Le serveur par lequel part le courrier : smtps://utilisateur:motdepasse@hôte (TLS), "
        "smtp+starttls://… (TLS une fois qu’il répond) ou smtp://… (en clair).",
        read=parse_smtp_url,
        secret=True,
        without=("no mail goes out", "aucun courrier ne part"),
    ),
    Setting(
        "TENURE_SMTP_PASSWORD",
        "smtp_password",
        en="Its password, where the address does not hold it.",
        fr="Son mot de passe, si l’adresse ne le contient pas.",
        read=str,
        secret=True,
    ),
    Setting(
        "TENURE_MAIL_FROM",
        "mail_from",
        en="The address that mail comes from; answers go to the vendor's all the same.",
        fr="L’adresse d’où vient le courrier ; les réponses vont tout de même à celle du vendeur.",
        read=mail_address,
        without=("the vendor's", "celle du vendeur"),
    ),
    Setting(
        "TENURE_TRUSTED_PROXIES",
        "trusted_proxies",
        en="How many proxies of yours stand in front and name who asks in X-Forwarded-For; who "
        "tries to log in too often is held up by that address.",
        fr="Le nombre de vos serveurs mandataires placés devant et nommant le demandeur dans "
        "X-Forwarded-For ; qui tente trop souvent de se connecter est freiné par cette adresse.",
        read=_few,
        default="0",
    ),
    Setting(
        "TENURE_STRIPE_SECRET_KEY",
        "stripe_secret_key",
        en="The secret or restricted key of the account at Stripe that cards are charged by; a "
        "sandbox takes test keys only, a live installation live ones only.",
        fr="La clé secrète ou restreinte du compte Stripe par lequel les cartes sont débitées ; "
        "un bac à sable ne prend que des clés de test, une installation réelle que les autres.",
        read=_stripe_key,
        secret=True,
        without=("no cards by Stripe", "pas de cartes par Stripe"),
    ),
    Setting(
        "TENURE_STRIPE_WEBHOOK_SECRET",
        "stripe_webhook_secret",
        en="The signing secret of the webhook /api/v1/gateways/stripe/webhook, as Stripe shows it.",
        fr="Le secret de signature du webhook /api/v1/gateways/stripe/webhook, tel que Stripe le "
        "montre.",
        read=str,
        secret=True,
        without=("no messages are believed", "aucun message n’est cru"),
    ),
    Setting(
        "TENURE_STRIPE_API_BASE",
        "stripe_api_base",
        en="Where Stripe's API is reached, to try it against another server.",
        fr="L’adresse de l’API de Stripe, pour l’essayer contre un autre serveur.",
        read=_address,
        without=("Stripe's own", "celle de Stripe"),
    ),
    Setting(
        "TENURE_VIES_URL",
        "vies_url",
        en="Where VAT numbers of the EU are looked up: the Commission's VIES. A sandbox never "
        "asks.",
        fr="Où les numéros de TVA de l’UE sont vérifiés : le VIES de la Commission. Une "
        "installation d’essai n’interroge jamais.",
        read=_address,
        default="https://ec.europa.eu/taxation_customs/vies/rest-api",
    ),
    Setting(
        "TENURE_EXCHANGE_RATES_URL",
        "exchange_rates_url",
        en="Where the European Central Bank's reference rates of the day are read each evening. A "
        "sandbox never asks.",
        fr="Où les cours de référence du jour de la Banque centrale européenne sont lus chaque "
        "soir. Une installation d’essai n’interroge jamais.",
        read=_address,
        default="https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml",
    ),
    Setting(
        "TENURE_VIES_TIMEOUT",
        "vies_timeout",
        en="Seconds to wait for its answer; without one, the worker asks again later.",
        fr="Les secondes d’attente de sa réponse ; sans réponse, l’exécutant redemande plus tard.",
        read=_few,
        default="5",
    ),
    Setting(
        "TENURE_WEBHOOK_PRIVATE",
        "webhook_private",
        en="1 lets webhooks go to addresses inside private networks too; otherwise only a sandbox "
        "sends there.",
        fr="1 permet d’envoyer des webhooks aussi à des adresses de réseaux privés ; sinon, seule "
        "une installation d’essai y envoie.",
        read=_flag,
        default="0",
    ),
    Setting(
        "TENURE_COUNTRY_HEADER",
        "country_header",
        en="The header in which a proxy of yours names the country that a request comes from, like "
        "CF-IPCountry: one proof of a consumer's country. Believed only if it is set here.",
        fr="L’en-tête dans lequel un de vos mandataires nomme le pays d’où vient une requête, "
        "comme CF-IPCountry : une preuve du pays d’un consommateur. Cru seulement s’il est donné "
        "ici.",
        read=_header,
        without=("none is believed", "aucun n’est cru"),
    ),
    Setting(
        "TENURE_PLATFORM_DIR",
        "platform_dir",
        en="The folder by which invoices and e-reporting data go to the approved platform, and its "
        "answers come back.",
        fr="Le dossier par lequel factures et données d’e-reporting vont à la plateforme agréée, "
        "et par lequel reviennent ses réponses.",
        read=_path,
        without=("nothing is handed over", "rien n’est transmis"),
    ),
)
