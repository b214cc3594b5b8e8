"""Judges: language models that look at answers beside the rules."""
