"""Signing of outgoing documents (PAdES): fields first, then only incremental updates.

Knows no database and no web: bytes in, bytes out. `docs/signing.md` says why each step is as it is.
"""
