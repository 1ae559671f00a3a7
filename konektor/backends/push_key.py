"""The push key: the key pair of this installation, made at its first start and kept in the store for all instances.

The private key is encrypted with a key that is derived from the secret, so a copy of the database alone cannot push.
With another secret there is another key: browsers that subscribed before have to subscribe again.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from konektor.flow.base64url import encoded
from konektor.ports import Database
from konektor.store import push_keys

NONCE = 12


async def push_key(db: Database, secret: bytes) -> EllipticCurvePrivateKey:
    """The key of the store; made if there is none, or none that the secret of 32 bytes decrypts."""
    while True:
        stored = await push_keys.get(db)
        known = _decrypted(stored, secret) if stored else None
        if known:
            return known
        made = ec.generate_private_key(ec.SECP256R1())
        if await push_keys.replace(db, stored, _encrypted(made, secret)):
            return made


def public_key(key: EllipticCurvePrivateKey) -> str:
    """The public key as browsers take it: the point, in base64url."""
    return encoded(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _encrypted(key: EllipticCurvePrivateKey, secret: bytes) -> bytes:
    nonce, private = os.urandom(NONCE), key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return nonce + AESGCM(secret).encrypt(nonce, private, None)


def _decrypted(stored: bytes, secret: bytes) -> EllipticCurvePrivateKey | None:
    """None when it was encrypted with another secret."""
    try:
        private = AESGCM(secret).decrypt(stored[:NONCE], stored[NONCE:], None)
    except InvalidTag:
        return None
    key = load_der_private_key(private, None)
    return key if isinstance(key, EllipticCurvePrivateKey) else None
