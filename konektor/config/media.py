"""Where pictures are kept: a directory, or an account with Cloudinary."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

EXAMPLE = "cloudinary://<key>:<secret>@<cloud>"
_ORIGIN = re.compile(r"https?://[A-Za-z0-9._-]+(:[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Cloudinary:
    """An account with Cloudinary."""

    cloud: str
    key: str
    secret: str
    upload_prefix: str = "https://api.cloudinary.com"
    """The origin of its upload API, which is another one in some regions."""
    delivery: str = "https://res.cloudinary.com"
    """The origin that it delivers pictures from."""

    def __repr__(self) -> str:
        return f"Cloudinary({self.cloud!r})"


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """Where pictures are kept; `directory` is used without an account."""

    directory: Path
    cloudinary: Cloudinary | None = None


def read(environ: Mapping[str, str], data_dir: Path, problems: list[str]) -> MediaSettings:
    """The settings of `environ`; invalid values are added to `problems`, one line each."""
    directory = environ.get("KONEKTOR_MEDIA_DIR", "").strip()
    url = environ.get("CLOUDINARY_URL", "").strip()
    account = _account(url) if url else None
    if url and account is None:  # the value contains a secret, so it is not repeated
        problems.append(
            f"CLOUDINARY_URL is not like {EXAMPLE} or {EXAMPLE}?upload_prefix=https://api-eu.cloudinary.com"
        )
    return MediaSettings(Path(directory).expanduser().absolute() if directory else data_dir / "media", account)


def _account(url: str) -> Cloudinary | None:
    """The account that a URL in Cloudinary's own form names, with its `upload_prefix` and `delivery` if it has them."""
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError:
        return None
    if parts.scheme != "cloudinary" or parts.path or not (parts.hostname and parts.username and parts.password):
        return None
    if options.keys() - {"upload_prefix", "delivery"} or not all(map(_ORIGIN.fullmatch, options.values())):
        return None
    cloud = parts.netloc.rpartition("@")[2]  # `hostname` is in lower case
    return Cloudinary(cloud, unquote(parts.username), unquote(parts.password), **options)
