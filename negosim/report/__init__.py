"""Results in words: findings, comparisons, tables and cards."""
