"""What a sweep came to: runs to read, summaries, differences, sensitivity, findings."""
