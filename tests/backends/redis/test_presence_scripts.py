"""The scripts of presence."""

import pytest
from redis.asyncio import Redis

from konektor.backends.redis import presence_scripts


@pytest.mark.parametrize("name", ["WRITE", "BEGIN", "DROP", "RENEW", "COUNT", "MEMBERS", "ONLINE"])
async def test_redis_understands_every_script(redis_url: str, name: str) -> None:
    """Each as it is sent: behind what all of them begin with."""
    async with Redis.from_url(redis_url) as redis:
        assert await redis.script_load(presence_scripts.PRELUDE + getattr(presence_scripts, name))
