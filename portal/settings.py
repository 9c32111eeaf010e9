"""All settings of the portal, in one file, read from the environment through portal.environment.

Whatever is wrong stops the start with one sentence per variable and without a traceback.
"""

import os
from datetime import timedelta

from django.utils.translation import gettext_lazy

from portal import environment, keys
from portal.environment import BASE_DIR

env = environment.Environment(os.environ)
values = env.everything()
if env.faults:
    raise SystemExit("\n".join(str(fault) for fault in env.faults))

# ---------------------------------------------------------------- environment

PORTAL_ENV = values.portal_env
PRODUCTION = PORTAL_ENV == "production"
DEBUG = values.debug
OFFICIAL_MASTHEAD = values.official_masthead
DATA_DIR = values.data_dir
SITE_URL = values.site_url
ALLOWED_HOSTS = values.allowed_hosts
TRUSTED_PROXY_COUNT = values.trusted_proxy_count
REDIS_URL = values.redis_url
DEFAULT_FROM_EMAIL = SERVER_EMAIL = values.mail_from
CONTACT_EMAIL = values.contact_email
SECRET_KEY_FALLBACKS = values.secret_key_fallbacks
# A purpose, a key: the session key may be replaced without unlinking the roll from the ballots, and the reverse.
SECRET_KEY = values.secret_key or keys.load_or_create(DATA_DIR / "keys" / "secret_key")
PERSON_PEPPER = values.person_pepper or keys.load_or_create(DATA_DIR / "keys" / "person_pepper")
VOTER_TAG_KEY = values.voter_tag_key or keys.load_or_create(DATA_DIR / "keys" / "voter_tag_key")

# ---------------------------------------------------------------- rooms

INSTALLED_APPS = [
    "portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "crispy_forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "portal.apps.PortalConfig",
    "portal.audit",
    "portal.accounts",
    "evaluations.programme.apps.ProgrammeConfig",
    "evaluations.rubrics.apps.RubricsConfig",
    "evaluations.panels.apps.PanelsConfig",
    "evaluations.reviews.apps.ReviewsConfig",
    "evaluations.ratings.apps.RatingsConfig",
    "evaluations.benchmarks.apps.BenchmarksConfig",
    "evaluations.tallies.apps.TalliesConfig",
    "evaluations.results.apps.ResultsConfig",
    "evaluations.hearings.apps.HearingsConfig",
    "evaluations.proceedings.apps.ProceedingsConfig",
]

# No ConditionalGetMiddleware and no LocaleMiddleware: see portal.headers and portal.language for what stands in their place.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # A sheet is a tenth of its size when packed. What a page could be made to tell by its length (BREACH) needs a secret beside something
    # the attacker chooses: tokens are masked anew in every answer, pages refuse or drop unknown parameters, and Django adds random bytes.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.headers.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.language.KoreanFirstMiddleware",
    "portal.http.PlainRequestMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portal.accounts.sign_in.FormTokenMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.accounts.guards.LargeBodyMiddleware",
    "portal.accounts.sign_in.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.accounts.second_factor.SecondFactorMiddleware",
    "portal.http.RefusalMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.pages.context.site",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "krds"
CRISPY_FAIL_SILENTLY = False

# ---------------------------------------------------------------- data

# The demo and a pilot run on SQLite. IMMEDIATE: without it most parallel writes fail with "database is locked". synchronous=FULL: a receipt
# says that the ballot is kept, so it has to outlive a power cut; this costs about a third of the write speed. recursive_triggers: INSERT OR
# REPLACE would walk past the triggers that keep evidence append-only.
SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA_DIR / "portal.sqlite3",
    "OPTIONS": {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA busy_timeout=20000;PRAGMA foreign_keys=ON;"
            "PRAGMA recursive_triggers=ON;PRAGMA cache_size=-64000;PRAGMA mmap_size=134217728;PRAGMA journal_size_limit=67108864;"
        ),
    },
}
if values.database is None:
    DATABASES = {"default": SQLITE}
elif values.database["ENGINE"] == SQLITE["ENGINE"]:
    DATABASES = {"default": SQLITE | values.database}
else:
    # A query whose process has died ends within seconds; else it would go on to its end for nobody.
    _options = values.database["OPTIONS"] | {"options": "-c client_connection_check_interval=5s"}
    DATABASES = {"default": values.database | {"OPTIONS": _options, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Counters of the sign-in limits only, see portal.cache.
CACHES = {"default": {"BACKEND": "portal.cache.CounterCache", "LOCATION": values.cache_url, "TIMEOUT": 3600}}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# The form for stage files says its own, lower limit in a sentence; Django alone would answer with a bare 400 from 101 files on.
DATA_UPLOAD_MAX_NUMBER_FILES = 1000
FILE_UPLOAD_PERMISSIONS = 0o600

# ---------------------------------------------------------------- language and time

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", "한국어"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = "portal.formats"
TIME_ZONE = "Asia/Seoul"
USE_TZ = True

# ---------------------------------------------------------------- static files

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
# In tests the plain storage: a live server answers 404 for hashed names, and a page without its style passes every accessibility check.
STATIC_STORAGE = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if PORTAL_ENV == "test"
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "files"}},
    "staticfiles": {"BACKEND": STATIC_STORAGE},
}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = False

# ---------------------------------------------------------------- requests, cookies, headers

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
LANGUAGE_COOKIE_NAME = "__Host-language" if PRODUCTION else "language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PRODUCTION
CSRF_FAILURE_VIEW = "portal.pages.views.csrf_failure"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "portal.messages.MessageStorage"
MESSAGE_COOKIE_NAME = "__Host-messages" if PRODUCTION else "messages"

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if PRODUCTION else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Not no-referrer: with it browsers send "Origin: null" when a form is posted, and the CSRF check refuses every form. This way, too, no other
# host ever learns an address of ours.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}

# ---------------------------------------------------------------- people and sign-in (django-allauth)

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# An account is an e-mail address. Citizens enter with a code sent there and have no password; officers and experts add a second factor.
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
# The optional password is what keeps the field on the sign-in page; the citizens' form drops it.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
# A mail may take some minutes, and reading it some more; three attempts and new codes on request keep guessing hopeless.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = int(timedelta(minutes=10).total_seconds())
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
# The same answer for a known and an unknown address.
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = gettext_lazy("[독자 AI 평가 포털] ")
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_FORMS = {
    "login": "portal.accounts.forms.SignInForm",
    "signup": "portal.accounts.forms.CitizenSignupForm",
    "request_login_code": "portal.accounts.forms.LoginCodeForm",
    "reset_password": "portal.accounts.forms.NewPasswordForm",
}
ACCOUNT_ADAPTER = "portal.accounts.adapter.AccountAdapter"
# By network address only: allauth would count the address somebody types by itself, wherever it is typed, and so let strangers lock its
# owner out. What an address may suffer is counted in portal.accounts.limits. The limit on codes of the app stays with the person (5 in 5
# minutes): to reach it one needs her password, and six digits would not stand more.
ACCOUNT_RATE_LIMITS = {"request_login_code": "20/m/ip", "reset_password": "20/m/ip", "confirm_email": "20/m/ip"}
DEVICE_COOKIE_NAME = "__Host-device" if PRODUCTION else "device"
MFA_ADAPTER = "portal.accounts.adapter.FactorAdapter"
MFA_FORMS = {
    "add_webauthn": "portal.accounts.forms.NewPasskeyForm",
    "edit_webauthn": "portal.accounts.forms.PasskeyNameForm",
    "login_webauthn": "portal.accounts.forms.PasskeySignInForm",
    "authenticate_webauthn": "portal.accounts.forms.PasskeyForm",
    "reauthenticate_webauthn": "portal.accounts.forms.PasskeyAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# A passkey stands for both factors, so the device always asks for PIN, finger or face, wherever a passkey is asked for.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# Two requests a sign-in, both counted, and a whole office behind one address. There is nothing to guess.
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
# A code that ran out while it was typed, and a clock half a minute off, are no reason to be sent back (RFC 6238, 5.2).
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "독자 AI 평가 포털"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

# ---------------------------------------------------------------- mail

EMAIL_BACKEND = values.email["EMAIL_BACKEND"]
EMAIL_HOST = values.email.get("EMAIL_HOST", "")
EMAIL_PORT = values.email.get("EMAIL_PORT", 0)
EMAIL_HOST_USER = values.email.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = values.email.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_SSL = values.email.get("EMAIL_USE_SSL", False)
EMAIL_USE_TLS = values.email.get("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = values.email.get("EMAIL_TIMEOUT")
EMAIL_SUBJECT_PREFIX = ""

# ---------------------------------------------------------------- work in the background (Celery)

CELERY_BROKER_URL = environment.celery_url(REDIS_URL)
# JSON only, and no results: what a task found is a row in the database.
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
# A task is acknowledged when it is done, and given back when its process dies; the job row bounds how often.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# The hard limit stays far below the visibility timeout: a healthy long task must not be handed out twice.
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
}
# A page does not wait for a broker that is away: the row is there, the sweep sends it later.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = "UTC"
# Old messages are worth nothing: one that waited longer than the interval is dropped.
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "evaluations.results.tasks.sweep", "schedule": 15.0, "options": {"expires": 15}},
    "purge": {"task": "portal.accounts.tasks.purge", "schedule": 3600.0, "options": {"expires": 3600}},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")

# ---------------------------------------------------------------- logs

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"class": "portal.logs.Line", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": values.log_level},
    # A page not found is the visitor's matter, and the address may be one that should not be kept.
    "loggers": {
        "django": {"handlers": [], "level": values.log_level},
        "django.request": {"level": "ERROR"},
        # At DEBUG it writes the whole context of a page with every variable that is not there: names, marks, comments.
        "django.template": {"level": "INFO"},
        # At INFO it writes which passkey signed in: by it a person could be followed through the log.
        "fido2": {"level": "WARNING"},
        # The server names the whole address of a request that failed outside Django.
        "gunicorn.error": {"handlers": ["console"], "propagate": False},
        # Refused with 400 all day long on an open network, and nothing to be done about it.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
