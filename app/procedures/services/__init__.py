"""What can be done with procedures and dossiers."""
