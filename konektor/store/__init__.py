"""Where documents are kept: one module per feature, and MongoDB nowhere else."""

from types import ModuleType

from konektor.flow.discovery import modules_in


def stores() -> list[ModuleType]:
    """Every module that keeps documents; each declares its INDEXES."""
    return [module for module in modules_in(__name__) if hasattr(module, "INDEXES")]
