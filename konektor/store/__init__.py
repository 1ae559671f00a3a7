"""The store: one module per collection, with its queries and indexes; the only code that uses MongoDB."""

from types import ModuleType

from konektor.flow.discovery import modules_in


def stores() -> list[ModuleType]:
    """Every module of a collection; each declares its INDEXES."""
    return [module for module in modules_in(__name__) if hasattr(module, "INDEXES")]
