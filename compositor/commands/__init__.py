"""What the command does beside building."""
