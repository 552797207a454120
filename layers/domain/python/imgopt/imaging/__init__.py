"""Makes a result from an image and settings: plan, steps, search for a quality, scores."""
