"""Variants: the shapes that stand for several others, which the reference names in their place."""

from typing import Any

from konektor.shapes import AnyMessage, HiddenMessage, Message

VARIANTS: dict[Any, tuple[type, ...]] = {AnyMessage: (Message, HiddenMessage)}
"""What is sent is one of these."""
