"""What the app shows: its page and the components on it."""
