"""Makes alt text, keywords and file names, by a model in Bedrock, a vision model of the operator, or local networks."""
