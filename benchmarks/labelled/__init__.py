"""Images that were labelled by hand, to measure tags and crops."""
