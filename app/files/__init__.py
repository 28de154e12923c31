"""The content-addressed store and the files of things."""
