"""One person, one address: the forms in which a mailbox can be written are folded into one. Pure."""

import unicodedata

SAME_MAILBOX = {"googlemail.com": "gmail.com", "hanmail.net": "daum.net"}
"""Domains of one provider that deliver to the same mailbox."""

IGNORES_DOTS = frozenset({"gmail.com"})


def normalise_email(email: str) -> str:
    """The address as it is stored and signed in with: as typed, in lower case."""
    return unicodedata.normalize("NFKC", email).strip().lower()


def normalise_person(email: str) -> str:
    """The one form of all addresses that reach the same mailbox, as nearly all operators of mail have it.

    Drops the tag after `+` everywhere and dots where the provider ignores them, and folds the
    provider's second domain names.
    """
    local, _, domain = normalise_email(email).rpartition("@")
    domain = domain.rstrip(".")
    domain = SAME_MAILBOX.get(domain, domain)
    local = local.strip('"').partition("+")[0] or local
    if domain in IGNORES_DOTS:
        local = local.replace(".", "")
    return f"{local}@{domain}"
