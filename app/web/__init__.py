"""What all views share: the gate, the current actor, error pages, formats, the shell."""
