"""What two sides could agree on: preferences over packages, the Pareto frontier, and packages on it."""
