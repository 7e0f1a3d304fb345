"""What the app knows: the run that is watched or played, its dials, courses and offers; no page."""
