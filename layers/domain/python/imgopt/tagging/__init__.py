"""Alt text, keywords and file names of images, by Bedrock, a vision model of the operator, or networks of our own."""
