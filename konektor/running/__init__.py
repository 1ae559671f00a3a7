"""What run.py runs besides the server: commands, periodic work, recovery, several workers."""
