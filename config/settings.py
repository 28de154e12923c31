"""Every setting the system has, read once from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Limits:
    """What one arriving file may be. Larger ones are refused with a sentence."""

    upload_bytes: int = 100 * 1024 * 1024
    pages: int = 400
    pixels: int = 120_000_000
    seconds: int = 300


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The server that takes our mail, and the address it comes from.

    `security` is starttls, tls (from the first byte) or none, the last for a server on the same
    machine; `ca_file` holds the authority of an office that signs its own certificates.
    """

    host: str
    sender: str
    port: int = 587
    security: str = "starttls"
    user: str | None = None
    password: str | None = None
    ca_file: Path | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> MailSettings | None:
        """None without SMTP_HOST. Raises KeyError without MAIL_FROM, ValueError for nonsense."""
        if not env.get("SMTP_HOST"):
            return None
        if not env.get("MAIL_FROM"):
            raise KeyError("MAIL_FROM")
        security = env.get("SMTP_SECURITY") or "starttls"
        if security not in MAIL_PORTS:
            raise ValueError(f"SMTP_SECURITY is one of {', '.join(MAIL_PORTS)}, not {security}")
        ca_file = env.get("SMTP_CA_FILE")
        return cls(
            host=env["SMTP_HOST"],
            sender=env["MAIL_FROM"],
            port=int(env.get("SMTP_PORT") or MAIL_PORTS[security]),
            security=security,
            user=env.get("SMTP_USER") or None,
            password=env.get("SMTP_PASSWORD") or None,
            ca_file=Path(ca_file) if ca_file else None,
        )


MAIL_PORTS = {"starttls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """The mailbox that letters arrive in, read by IMAP. `security` as for sending."""

    host: str
    user: str
    password: str
    port: int = 993
    security: str = "tls"
    folder: str = "INBOX"
    ca_file: Path | None = None
    packet_senders: tuple[tuple[str, str], ...] = ()  # an address or @domain, an organ's code or *

    def speaks_for(self, address: str) -> frozenset[str]:
        """Codes of the organs whose packets and statuses this address may bring; "*" for all.

        Anybody can write any sender, so the mail server has to check it (SPF, DKIM).
        """
        whole = address.lower()
        names = (whole, f"@{whole.rpartition('@')[2]}")
        return frozenset(code for name, code in self.packet_senders if name in names)

    @property
    def name(self) -> str:
        """What rows of the ledger call it; never the password."""
        return f"{self.user}@{self.host}/{self.folder}"[:300]

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> MailboxSettings | None:
        """None without IMAP_HOST. Raises KeyError without a user or password, ValueError."""
        if not env.get("IMAP_HOST"):
            return None
        for name in ("IMAP_USER", "IMAP_PASSWORD"):
            if not env.get(name):
                raise KeyError(name)
        security = env.get("IMAP_SECURITY") or "tls"
        if security not in IMAP_PORTS:
            raise ValueError(f"IMAP_SECURITY is one of {', '.join(IMAP_PORTS)}, not {security}")
        ca_file = env.get("IMAP_CA_FILE")
        return cls(
            host=env["IMAP_HOST"],
            user=env["IMAP_USER"],
            password=env["IMAP_PASSWORD"],
            port=int(env.get("IMAP_PORT") or IMAP_PORTS[security]),
            security=security,
            folder=env.get("IMAP_FOLDER") or "INBOX",
            ca_file=Path(ca_file) if ca_file else None,
            packet_senders=_packet_senders(env.get("IMAP_PACKET_SENDERS", "")),
        )


def _packet_senders(text: str) -> tuple[tuple[str, str], ...]:
    """`vanthu@so.vn=H99.01 @truc.vn=*`: who may bring packets of whom. Raises ValueError."""
    found: list[tuple[str, str]] = []
    for word in text.replace(",", " ").split():
        address, _equals, code = word.rpartition("=")
        if "@" not in address or not code:
            raise ValueError(
                f"IMAP_PACKET_SENDERS: {word} names no organ; write address=code or address=*"
            )
        found.append((address.lower(), code.upper()))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class SmsSettings:
    """The gateway that takes text messages (`app/escalation/texting.py` says how)."""

    url: str
    token: str

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> SmsSettings | None:
        """None without `SMS_URL`. Raises KeyError when `SMS_TOKEN` is missing then."""
        if not env.get("SMS_URL"):
            return None
        if not env.get("SMS_TOKEN"):
            raise KeyError("SMS_TOKEN")
        return cls(env["SMS_URL"], env["SMS_TOKEN"])


IMAP_PORTS = {"tls": 993, "starttls": 143, "none": 143}
DEFAULT_ORGAN = "Ủy ban nhân dân phường Minh Họa"
DEFAULT_PRODUCT = "Công Vụ"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. Only this module reads the environment; secrets have no default.

    `var_dir` holds everything the installation owns: the embedded database, files, quarantine,
    index and the sealed head of the audit trail.
    """

    database_url: str
    secret_key: str
    audit_key: str
    var_dir: Path
    organ_name: str = DEFAULT_ORGAN
    product_name: str = DEFAULT_PRODUCT
    elasticsearch_url: str | None = None  # None: the embedded index
    mqtt_url: str | None = None  # mqtt://user:password@host:port or mqtts://…; None: no gateway
    map_geojson: Path | None = None  # lines and areas under the incidents; None: an empty grid
    mqtt_client_id: str = "congvu"  # names the session that the broker keeps for us
    prefect_api_url: str | None = None  # None: reading runs in the relay's own process pool
    trusted_proxies: int = 0
    secure_cookies: bool = False
    session_idle: timedelta = timedelta(minutes=60)
    session_absolute: timedelta = timedelta(hours=12)
    watch_dir: Path | None = None  # the scanner's folder; None: not watched
    exchange_root: Path | None = None  # shared with the transport agent; None: in var_dir
    trusted_roots: Path | None = None  # certificates of authorities; None: `trust` in var_dir
    revocation_required: bool = False  # no signature from elsewhere without a revocation list
    tsa_url: str | None = None  # the authority of time for signatures; None: no time stamps
    reading_processes: int = 2
    pool_size: int = 16
    mail: MailSettings | None = None  # None: notices stay in the product
    mailbox: MailboxSettings | None = None  # None: no mail is taken in
    sms: SmsSettings | None = None  # None: nobody gets text messages
    public_url: str = ""  # where people reach the product: for links in mail
    citizens_url: str = ""  # where citizens reach their pages; empty: `public_url`
    testing: bool = False
    limits: Limits = field(default_factory=Limits)

    @property
    def files_dir(self) -> Path:
        return self.var_dir / "files"

    @property
    def quarantine_dir(self) -> Path:
        return self.var_dir / "quarantine"

    @property
    def trust_dir(self) -> Path:
        return self.trusted_roots or self.var_dir / "trust"

    @property
    def exchange_dir(self) -> Path:
        return self.exchange_root or self.var_dir / "exchange"

    @property
    def index_dir(self) -> Path:
        return self.var_dir / "index"

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Raises KeyError, naming the variable, when a required one is missing or empty."""
        for name in ("SECRET_KEY", "AUDIT_KEY"):
            if not env.get(name):
                raise KeyError(name)
        var_dir = Path(env.get("VAR_DIR", "var")).absolute()
        watch = env.get("WATCH_DIR")
        roots, exchange = env.get("TRUST_DIR"), env.get("EXCHANGE_DIR")
        return cls(
            database_url=env.get("DATABASE_URL") or f"sqlite:///{var_dir / 'congvu.sqlite3'}",
            secret_key=env["SECRET_KEY"],
            audit_key=env["AUDIT_KEY"],
            var_dir=var_dir,
            organ_name=env.get("ORGAN_NAME", DEFAULT_ORGAN),
            product_name=env.get("PRODUCT_NAME", DEFAULT_PRODUCT),
            elasticsearch_url=env.get("ELASTICSEARCH_URL") or None,
            mqtt_url=env.get("MQTT_URL") or None,
            map_geojson=Path(env["MAP_GEOJSON"]) if env.get("MAP_GEOJSON") else None,
            mqtt_client_id=env.get("MQTT_CLIENT_ID") or "congvu",
            prefect_api_url=env.get("PREFECT_API_URL") or None,
            trusted_proxies=int(env.get("TRUSTED_PROXIES", "0")),
            secure_cookies=env.get("SECURE_COOKIES", "") == "1",
            watch_dir=Path(watch).absolute() if watch else None,
            exchange_root=Path(exchange).absolute() if exchange else None,
            trusted_roots=Path(roots).absolute() if roots else None,
            revocation_required=env.get("REVOCATION_REQUIRED", "") == "1",
            tsa_url=env.get("TSA_URL") or None,
            reading_processes=int(env.get("READING_PROCESSES", "2")),
            pool_size=int(env.get("DATABASE_POOL", "16")),
            mail=MailSettings.from_env(env),
            mailbox=MailboxSettings.from_env(env),
            sms=SmsSettings.from_env(env),
            public_url=env.get("PUBLIC_URL", "").rstrip("/"),
            citizens_url=env.get("CITIZENS_URL", "").rstrip("/"),
        )
