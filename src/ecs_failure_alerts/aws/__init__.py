"""AWS: clients, sessions, secrets and links to the console."""
