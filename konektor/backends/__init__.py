"""Backends: the implementations of the ports, in memory, on Redis and with other services."""
