"""What can be read of procedures and dossiers."""
