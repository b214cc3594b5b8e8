"""The command line of `python -m qa`: its arguments, what it prints, completion."""
