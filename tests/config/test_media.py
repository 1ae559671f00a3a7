"""Where pictures are kept, as the environment says it."""

from pathlib import Path

import pytest

from konektor.config.media import Cloudinary, MediaSettings, read

DATA = Path("/srv/data")


def test_by_default_pictures_are_in_the_data_directory() -> None:
    """Beside the embedded database."""
    problems: list[str] = []
    assert read({"CLOUDINARY_URL": " "}, DATA, problems) == MediaSettings(DATA / "media")
    assert problems == []


def test_a_directory_can_be_named() -> None:
    """One that several machines share."""
    assert read({"KONEKTOR_MEDIA_DIR": "/mnt/pictures"}, DATA, []) == MediaSettings(Path("/mnt/pictures"))


@pytest.mark.parametrize(
    ("url", "account"),
    [
        ("cloudinary://1:s3@Demo", Cloudinary("Demo", "1", "s3")),
        ("cloudinary://1:a%2Fb@demo", Cloudinary("demo", "1", "a/b")),
        (
            "cloudinary://1:s@demo?upload_prefix=https://api-eu.cloudinary.com",
            Cloudinary("demo", "1", "s", upload_prefix="https://api-eu.cloudinary.com"),
        ),
        (
            "cloudinary://1:s@demo?upload_prefix=http://127.0.0.1:1&delivery=http://127.0.0.1:2",
            Cloudinary("demo", "1", "s", upload_prefix="http://127.0.0.1:1", delivery="http://127.0.0.1:2"),
        ),
    ],
)
def test_an_account_is_named_as_cloudinary_names_it(url: str, account: Cloudinary) -> None:
    """With another origin of its API or delivery, if it has one."""
    problems: list[str] = []
    assert read({"CLOUDINARY_URL": url}, DATA, problems).cloudinary == account
    assert problems == []
    assert account.secret not in repr(account)


@pytest.mark.parametrize(
    "url",
    [
        "https://1:s3cret@demo",
        "cloudinary://demo",
        "cloudinary://1:@demo",
        "cloudinary://1:s3cret@",
        "cloudinary://1:s3cret@demo?upload_prefix=ftp://example.org",
        "cloudinary://1:s3cret@demo?delivery=https://example.org;script-src *",
        "cloudinary://1:s3cret@demo?what=ever",
        "cloudinary://1:s3cret@[demo",
    ],
)
def test_a_wrong_account_is_named_without_its_secret(url: str) -> None:
    """What the operator reads may end up in a log."""
    problems: list[str] = []
    assert read({"CLOUDINARY_URL": url}, DATA, problems).cloudinary is None
    assert len(problems) == 1
    assert "CLOUDINARY_URL" in problems[0]
    assert "s3cret" not in problems[0]
