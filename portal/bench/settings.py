"""The settings of the site with the one address more."""

from portal.settings import *  # noqa: F403

ROOT_URLCONF = "portal.bench.urls"
