"""Directives, tasks and custody: who has to do what until when, and where everything is."""
