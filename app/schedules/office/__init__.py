"""What the office keeps of schedules besides the entries."""
