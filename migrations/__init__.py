"""The schema's history. Only `env.py` imports the models."""
