"""The MongoDB server that Konektor starts itself when none is configured."""
