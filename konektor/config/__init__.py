"""Settings: what the environment says, checked before anything starts."""
