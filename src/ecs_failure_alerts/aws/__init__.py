"""AWS: the one caller, its sessions, the secrets that it keeps, links to its console."""
