"""Makes the reader's adapter again: `python -m qa.training --data FOLDER`."""
