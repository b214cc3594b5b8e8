"""What a run looks like: its page, tables for the screen, engines side by side."""
