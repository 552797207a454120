"""Pictures whose contents were written down by hand, for what is measured by them: words and crops."""
