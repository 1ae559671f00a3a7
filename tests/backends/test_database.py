"""The database of a process: the one that the settings name, or the embedded one, which commands share with servers."""

from pathlib import Path

import pytest

from konektor.backends.database import opened_database
from konektor.backends.mongod.embedded import EmbeddedError
from konektor.config import settings
from tests.conftest import SECRET


async def test_a_command_uses_the_database_of_a_server_that_runs(tmp_path: Path) -> None:
    """A server starts it, and only one at a time; what a command writes is there, and it goes with the server."""
    config = settings.read({"KONEKTOR_SECRET": SECRET, "KONEKTOR_DATA_DIR": str(tmp_path)})
    async with opened_database(config, serving=True) as served:
        async with opened_database(config, serving=False) as borrowed:
            await borrowed["marks"].insert_one({"_id": "x"})
        assert await served["marks"].find_one({"_id": "x"})
        with pytest.raises(EmbeddedError):
            async with opened_database(config, serving=True):
                pass
        assert len(await (await served["conversations"].list_indexes()).to_list(None)) > 1
    assert not (tmp_path / "db" / "mongod.sock").exists()


@pytest.mark.parametrize("serving", [True, False])
async def test_a_database_that_is_named_is_used(environ: dict[str, str], tmp_path: Path, serving: bool) -> None:
    """Nothing is started beside it, by a server or a command."""
    config = settings.read(environ)
    async with opened_database(config, serving=serving) as db:
        assert await db["marks"].count_documents({}) == 0
        assert len(await (await db["conversations"].list_indexes()).to_list(None)) > 1
    assert not (Path(environ["KONEKTOR_DATA_DIR"]) / "db").exists()
