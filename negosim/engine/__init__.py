"""The two engines: a Mesa model of one run and the kernel of many; what they start from and what they come to."""
