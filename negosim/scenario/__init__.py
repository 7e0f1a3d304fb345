"""Scenarios: what a case of the game is made of, its files and its shipped cases, and what is refused."""
