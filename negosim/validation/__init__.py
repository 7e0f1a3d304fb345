"""What negosim is held against: the textbook, and the record."""
