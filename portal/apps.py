from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PortalConfig(AppConfig):
    """The site itself: its static files and its commands."""

    name = "portal"


class PortalAdminConfig(AdminConfig):
    default_site = "portal.admin.PortalAdminSite"
