"""Programs for those who work on negosim: they write its documents and pictures, and watch over its numbers."""
