"""What is solved once before the runs: backward induction, bids, holding out, ladders, the worth of going on."""
