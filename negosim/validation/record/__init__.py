"""The record of real talks beside the model: facts, data, counterparts, verdicts."""
