"""What Footnote is made of: every package it installs, with its hashes, its licence, its bill."""
