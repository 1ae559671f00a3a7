"""Payloads with a marked place for a text."""

from typing import Any


def filled(payload: Any, text: str) -> Any:
    """The payload with the text in every place that is marked with `{}`."""
    if isinstance(payload, dict):
        return {filled(key, text): filled(value, text) for key, value in payload.items()}
    if isinstance(payload, list):
        return [filled(value, text) for value in payload]
    return text if payload == "{}" else payload
