"""Settings and logging. Imports nothing of the project."""
