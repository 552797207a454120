"""Makes the result of a job from an image and settings: plan, steps, search for a quality, scores."""
