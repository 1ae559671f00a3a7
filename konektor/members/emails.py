"""E-mail addresses: which texts are one, and the one form in which they are stored and compared."""

import unicodedata

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from konektor.errors import Refused
from konektor.flow.text import trimmed

MAX = 254


def canonical(text: str) -> str:
    """The address in lower case and NFC, with its domain in Unicode. BAD_REQUEST says what is wrong with it."""
    try:
        return _canonical(_parsed(text))
    except EmailNotValidError as error:
        raise Refused("BAD_REQUEST", f"That is not an e-mail address. {error}", field="email") from None


def comparable(text: str) -> str:
    """The same for an address that somebody logs in with; of a text that is no address the lower-case one."""
    try:
        return _canonical(_parsed(text))
    except EmailNotValidError:
        return unicodedata.normalize("NFC", _lower(text))


def spellings(text: str) -> list[str]:
    """The forms under which an account of that address may be stored, the likeliest first.

    Accounts from before addresses had one form are stored as they were typed, in lower case: composed or not, and with
    the domain in Unicode or in ASCII. Two of them may be of one address: the one that is spelled as typed comes first.
    """
    try:
        parsed = _parsed(text)
    except EmailNotValidError:
        return list(dict.fromkeys([_lower(text), comparable(text)]))
    address = _canonical(parsed)
    local, _, domain = address.rpartition("@")
    domains = (domain, str(parsed.ascii_domain), unicodedata.normalize("NFD", domain))
    older = [f"{part}@{of}" for part in (local, unicodedata.normalize("NFD", local)) for of in domains]
    return list(dict.fromkeys([_lower(text), address, *older]))


def _parsed(text: str) -> ValidatedEmail:
    # Domains such as .test are for trying things out; no mail ever gets there, so that taking them does no harm.
    return validate_email(trimmed(text), strict=True, check_deliverability=False, test_environment=True)


def _canonical(parsed: ValidatedEmail) -> str:
    return unicodedata.normalize("NFC", parsed.normalized.lower())


def _lower(text: str) -> str:
    # The database cannot be asked for unpaired surrogates, which a command line may contain.
    return trimmed(text).lower()[:MAX].encode("utf-8", "replace").decode()
