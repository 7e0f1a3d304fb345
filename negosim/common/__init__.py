"""What every other folder uses: the words of the game, errors, numbers and texts for people, and how things are shown."""
