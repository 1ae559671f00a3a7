"""The event reference, generated from the events themselves."""
