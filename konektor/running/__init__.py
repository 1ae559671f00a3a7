"""What run.py runs beside serving: the small commands, periodic work, recovery, several workers."""
