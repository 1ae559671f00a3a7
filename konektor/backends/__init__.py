"""What keeps the promises of the ports: in this process, on this machine, or outside."""
