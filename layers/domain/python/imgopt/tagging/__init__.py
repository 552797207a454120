"""Words for pictures: by a vision model, by Bedrock, or offline."""
