"""Strategies: how a side decides what to demand and how to answer; ``shipped`` has those that come with the package."""
