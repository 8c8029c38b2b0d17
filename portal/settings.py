"""Settings of Samspel, read from the environment with django-environ.

With nothing set, everything lives under `var/`: an SQLite database, a file-based broker and stored
files. Production sets `DEBUG=off`, `SECRET_KEY`, `ALLOWED_HOSTS`, `DATABASE_URL` (PostgreSQL),
`BROKER_URL` and `CACHE_URL` (Redis). `docs/development.md` lists every variable.
"""

import os
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from portal import file_stores, logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=True)
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))

SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured("Set SECRET_KEY: Samspel does not start without it when DEBUG=off.")
    SECRET_KEY = "only-for-development-and-tests-never-for-a-city's-own-installation"

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "portal.people",
    "portal.documents",
    "portal.registry",
    "portal.committee",
    "grants",
    "assessments",
    "iop",
    "portal.operations",
    "portal.demo",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "auditlog",
    "crispy_forms",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "post_office",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "portal.people.arrival.ArrivalMiddleware",
    "portal.people.address_text.WithoutNulMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.people.language.LanguageChoiceMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.people.staff_visit.StaffVisitMiddleware",
    "portal.people.sign_in_rules.SignInRulesMiddleware",
    "portal.people.limits.UploadLimitMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "auditlog.middleware.AuditlogMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.people.navigation.navigation",
            ],
            "builtins": ["portal.documents.templatetags.swedish_text", "django.templatetags.i18n"],
            # The cached loader also in development: parsing templates anew on each request is the
            # largest single cost of a page. `make run` starts again when a template changes.
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]

# --- Database ---------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'samspel.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Immediate transactions: a writer takes its lock when it begins, so two of them wait for each
    # other instead of failing half way. WAL lets readers go on meanwhile.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A host that is cut off must not keep its locks: both ends notice within a minute (default: two hours).
    DATABASES["default"]["OPTIONS"] = {
        "keepalives_idle": 20,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 50_000,
        "options": f"{os.environ.get('PGOPTIONS', '')} -c tcp_keepalives_idle=20"
        " -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3 -c tcp_user_timeout=50000",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Celery -----------------------------------------------------------------------------------
BROKER_URL = env.str("BROKER_URL", default="filesystem://localhost")
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Ringing the doorbell must never hold a person's request: fail at once and let beat sweep.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "Europe/Stockholm"
# soft limit < hard limit < lease < visibility timeout; `portal.documents.checks` asserts it.
CELERY_TASK_SOFT_TIME_LIMIT = env.int("TASK_SOFT_SECONDS", default=120)
CELERY_TASK_TIME_LIMIT = env.int("TASK_HARD_SECONDS", default=150)
WORK_LEASE_SECONDS = env.int("WORK_LEASE_SECONDS", default=180)
BROKER_VISIBILITY_SECONDS = 3600
if BROKER_URL.startswith("filesystem"):
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "data_folder_in": str(VAR_DIR / "broker" / "queue"),
        "data_folder_out": str(VAR_DIR / "broker" / "queue"),
        "control_folder": str(VAR_DIR / "broker" / "control"),
        "store_processed": False,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": BROKER_VISIBILITY_SECONDS,
        "socket_connect_timeout": 2,
        "socket_timeout": 5,
        "max_retries": 0,
    }
# Packs have a queue of their own, which a worker serves in turn with the other: a pack whose parts are
# ready does not wait behind hundreds of documents.
CELERY_TASK_QUEUES = [Queue("celery"), Queue("packs")]
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_ROUTES = {"portal.committee.tasks.*": {"queue": "packs"}}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
SWEEP_SECONDS = env.float("SWEEP_SECONDS", default=60.0)
REMINDER_SECONDS = env.float("REMINDER_SECONDS", default=3600.0)
CELERY_BEAT_SCHEDULE = {
    "sweep-documents": {"task": "portal.documents.tasks.sweep", "schedule": SWEEP_SECONDS},
    "sweep-packs": {"task": "portal.committee.tasks.sweep_packs", "schedule": SWEEP_SECONDS},
    "sweep-letters": {"task": "portal.committee.tasks.sweep_letters", "schedule": SWEEP_SECONDS},
    "send-reminders": {"task": "grants.tasks.send_reminders", "schedule": REMINDER_SECONDS},
    "remind-of-minutes": {
        "task": "portal.committee.tasks.remind_of_minutes",
        "schedule": REMINDER_SECONDS,
    },
    "keep-partnerships": {"task": "iop.tasks.keep_partnerships", "schedule": REMINDER_SECONDS},
    "keep-ideas-owned": {"task": "iop.tasks.keep_ideas_owned", "schedule": REMINDER_SECONDS},
    "report-stuck": {"task": "portal.operations.tasks.report_stuck", "schedule": REMINDER_SECONDS},
    "sweep-registry": {"task": "portal.registry.tasks.sweep", "schedule": SWEEP_SECONDS},
    "keep-by-rule": {"task": "portal.registry.tasks.keep_by_rule", "schedule": REMINDER_SECONDS},
    "send-mail": {"task": "portal.people.tasks.send_queued_mail", "schedule": SWEEP_SECONDS},
}

# --- Files ------------------------------------------------------------------------------------
MEDIA_ROOT = VAR_DIR / "files"
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [
    (prefix, folder)
    for prefix, folder in (
        ("build", BASE_DIR / "static" / "build"),
        ("samspel", BASE_DIR / "static" / "samspel"),
    )
    if folder.is_dir()
]
# Where stored files lie: in MEDIA_ROOT, or with several machines in one store that all of them reach.
FILES_URL = env.str("FILES_URL", default="")
STORAGES = {
    "default": file_stores.store_at(FILES_URL, env),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=20 * 1024 * 1024)
UPLOAD_MAX_PDF_PAGES = env.int("UPLOAD_MAX_PDF_PAGES", default=500)
UPLOAD_MAX_PIXELS = env.int("UPLOAD_MAX_PIXELS", default=40_000_000)
UPLOAD_MAX_UNPACKED_BYTES = env.int("UPLOAD_MAX_UNPACKED_BYTES", default=200 * 1024 * 1024)
# Where clamd listens: "host:port", or the path of its socket. Empty: files are not scanned for viruses.
CLAMAV_ADDRESS = env.str("CLAMAV_ADDRESS", default="")
CLAMAV_SECONDS = env.float("CLAMAV_SECONDS", default=20.0)
FILE_UPLOAD_HANDLERS = [
    "portal.documents.upload_limit.UploadLimitHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o640

# --- People -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    name: f"portal.people.account_forms.{form}"
    for name, form in {
        "login": "LoginForm",
        "signup": "SignupForm",
        "add_email": "AddEmailForm",
        "change_password": "ChangePasswordForm",
        "set_password": "SetPasswordForm",
        "reset_password": "ResetPasswordForm",
        "reset_password_from_key": "ResetPasswordKeyForm",
    }.items()
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
# Where mail is sent for real, an account works when its address is confirmed, and signing up with a taken
# address looks like signing up with a free one.
ACCOUNT_EMAIL_VERIFICATION = env.str(
    "ACCOUNT_EMAIL_VERIFICATION", default="optional" if DEBUG else "mandatory"
)
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_ADAPTER = "portal.people.account_adapter.AccountAdapter"
#: Who is told when somebody tells of an obstacle in the service.
ACCESSIBILITY_MAILBOX = env.str("ACCESSIBILITY_MAILBOX", default="tillganglighet@example.org")
SESSION_COOKIE_AGE = env.int("SESSION_COOKIE_AGE", default=8 * 3600)
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"


# --- Identity: docs/identity.md ------------------------------------------------------------------
def openid_provider(prefix: str, provider_id: str, name: str) -> list[dict[str, Any]]:
    """A provider of identities as allauth wants it, when the environment names its issuer."""
    issuer = env.str(f"{prefix}_ISSUER", default="")
    if not issuer:
        return []
    return [
        {
            "provider_id": provider_id,
            "name": env.str(f"{prefix}_NAME", default=name),
            "client_id": env.str(f"{prefix}_CLIENT_ID"),
            "secret": env.str(f"{prefix}_CLIENT_SECRET"),
            "settings": {
                "server_url": issuer,
                "scope": env.list(f"{prefix}_SCOPES", default=["openid", "profile", "email"]),
                "acr": env.list(f"{prefix}_ACR", default=[]),
                "userinfo": env.bool(f"{prefix}_USERINFO", default=False),
            },
        }
    ]


SOCIALACCOUNT_PROVIDERS = {
    "openid": {
        "APPS": [
            *openid_provider("OIDC_PEOPLE", "eid", "BankID eller Freja"),
            *openid_provider("OIDC_STAFF", "directory", "kommunens konto"),
        ]
    }
}
SOCIALACCOUNT_ADAPTER = "portal.people.identity_adapter.IdentityAdapter"
SOCIALACCOUNT_FORMS = {"signup": "portal.people.account_forms.IdentitySignupForm"}
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
OIDC_PEOPLE_NUMBER_CLAIM = env.str("OIDC_PEOPLE_NUMBER_CLAIM", default="personalNumber")
OIDC_STAFF_GROUPS_CLAIM = env.str("OIDC_STAFF_GROUPS_CLAIM", default="groups")
#: Groups of the directory, each with the roles it gives: {"SG-Samspel-Handläggare": ["case_officer"]}.
OIDC_STAFF_GROUPS: dict[str, list[str]] = env.json("OIDC_STAFF_GROUPS", default={})
OIDC_STAFF_EMAIL_DOMAINS = env.list("OIDC_STAFF_EMAIL_DOMAINS", default=[])
#: Fernet keys: the first seals, all unseal.
IDENTITY_KEYS = env.list(
    "IDENTITY_KEYS", default=["b25seS1mb3ItZGV2ZWxvcG1lbnQtYW5kLXRlc3RzLS0="] if DEBUG else []
)

STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", default=not DEBUG)
ASSOCIATION_PASSWORDS = env.bool("ASSOCIATION_PASSWORDS", default=True)
STAFF_IDLE_SECONDS = env.int("STAFF_IDLE_SECONDS", default=3600)
#: A working day: who has lost a group in the directory keeps its role at most so long after signing in.
STAFF_VISIT_SECONDS = env.int("STAFF_VISIT_SECONDS", default=9 * 3600)
MFA_ADAPTER = "portal.people.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "portal.people.account_forms.CodeForm",
    "reauthenticate": "portal.people.account_forms.CodeAgainForm",
    "activate_totp": "portal.people.account_forms.ActivateForm",
}

# How often: allauth's limits on sign-in, sign-up and codes, and ours on the rest. `key` is the person, or the
# address of who has not signed in.
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = {} if env.bool("RATE_LIMITS", default=True) else False
REQUEST_RATES = {
    "upload": env.str("UPLOAD_RATE", default="60/m/key"),
    "submit": env.str("SUBMIT_RATE", default="20/m/key"),
    "search": env.str("SEARCH_RATE", default="60/m/key"),
    "code": env.str("CODE_RATE", default="20/m/key"),
}
#: How many proxies of our own stand before Samspel, each adding one address to X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
#: How many seconds ago the nearest of them may say that it had a request (X-Request-Start). nginx waits 65 s
#: for an answer and then gives up, but what it had passed on still lies in gunicorn's queue and is taken:
#: about as long once more. A stamp older than that is a wrong clock or a lie. 0 believes none.
PROXY_WAIT_SECONDS = env.float("PROXY_WAIT_SECONDS", default=120.0)

# --- Mail -------------------------------------------------------------------------------------
EMAIL_BACKEND = "post_office.EmailBackend"
SMTP = env.email_url("EMAIL_URL", default="filemail://")
EMAIL_HOST = SMTP.get("EMAIL_HOST") or ""
EMAIL_PORT = SMTP.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = SMTP.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = SMTP.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = SMTP.get("EMAIL_USE_TLS", False)
EMAIL_FILE_PATH = str(VAR_DIR / "mail")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Samspel <samspel@example.org>")
EMAIL_SUBJECT_PREFIX = ""
POST_OFFICE = {
    "BACKENDS": {"default": SMTP["EMAIL_BACKEND"]},
    "DEFAULT_PRIORITY": "medium",
    "MAX_RETRIES": 10,
    "CELERY_ENABLED": False,  # `portal.people.tasks` rings, so that a dead broker fails nobody's request
}

# --- Language and time ------------------------------------------------------------------------
LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", _("Swedish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Stockholm"

# --- Look -------------------------------------------------------------------------------------
CRISPY_ALLOWED_TEMPLATE_PACKS = ["designsystemet"]
CRISPY_TEMPLATE_PACK = "designsystemet"
CRISPY_FAIL_SILENTLY = False

# --- Security ---------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not DEBUG)
SESSION_COOKIE_SECURE = SECURE_SSL_REDIRECT
CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT
if SECURE_SSL_REDIRECT:
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Operations -------------------------------------------------------------------------------
# Machines that ask for figures and for what is broken say `Authorization: Bearer` and this.
OPERATIONS_TOKEN = env.str("OPERATIONS_TOKEN", default="")
STUCK_MAIL_TO = env.list("STUCK_MAIL_TO", default=[])
SECURITY_CONTACT = env.list("SECURITY_CONTACT", default=["mailto:security@example.org"])
# A load balancer asks each machine by itself, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^halsa/"]

# --- Logs: ids, never contents -----------------------------------------------------------------
LOG_FORMAT = env.str("LOG_FORMAT", default="plain" if DEBUG else "json")
LOGGING = logs.configured(LOG_FORMAT, env.str("LOG_LEVEL", default="WARNING" if DEBUG else "INFO"))
DJANGO_STRUCTLOG_CELERY_ENABLED = True  # a task logs the id of the request that caused it
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # nginx's log has it, under the same request id
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True  # nginx sets it
