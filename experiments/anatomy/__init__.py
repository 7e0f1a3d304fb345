"""The anatomy of uncertainty in words and as a figure: what `anatomy_of_uncertainty.py` alone needs."""
