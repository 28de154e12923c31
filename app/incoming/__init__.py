"""Arriving documents: ledger, reading, registration, routing."""
