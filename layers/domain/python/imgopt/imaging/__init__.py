"""From settings and a decoded picture to a result: plan, steps, search for a quality, scores."""
