"""The browser app: step through runs, turn the dials, play one side yourself. The only place for Solara.

State is plain Python (`state`), panels are functions from records to SVG (`panels`), and the components only
wire the two together (`views`).
"""
