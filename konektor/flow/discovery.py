"""Discovery: the modules of a package, so that a new one needs no entry in a list."""

import pkgutil
from importlib import import_module
from types import ModuleType


def modules_in(package: str) -> list[ModuleType]:
    """The modules directly in the package of that dotted name, imported, by name."""
    parent = import_module(package)
    return [import_module(f"{package}.{item.name}") for item in pkgutil.iter_modules(parent.__path__)]
