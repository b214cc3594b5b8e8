"""What is kept and taken away: conversations, exports, receipts, verdicts of visitors."""
