"""The push key: made once for all instances, and useless to whoever has the database alone."""

import asyncio

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from konektor.backends.push_key import public_key, push_key
from konektor.core import Core
from konektor.flow.base64url import decoded
from konektor.store import push_keys

SECRET, OTHER = b"1" * 32, b"2" * 32


async def test_all_instances_have_one_key(core: Core) -> None:
    """Those that start at the same moment, and those that start later."""
    keys = await asyncio.gather(*(push_key(core.db, SECRET) for _ in range(5)))
    assert {public_key(key) for key in keys} == {public_key(await push_key(core.db, SECRET))}
    assert (len(decoded(public_key(keys[0]))), decoded(public_key(keys[0]))[0]) == (65, 4)


async def test_the_stored_key_is_encrypted(core: Core) -> None:
    """And with another secret there is another one, from then on."""
    key = await push_key(core.db, SECRET)
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    stored = await push_keys.get(core.db)
    assert stored
    assert private not in stored
    number = key.private_numbers().private_value.to_bytes(32)
    assert number in private
    assert number not in stored
    other = public_key(await push_key(core.db, OTHER))
    assert other != public_key(key)
    assert public_key(await push_key(core.db, OTHER)) == other
