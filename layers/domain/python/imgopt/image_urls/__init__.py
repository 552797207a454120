"""Parses and checks image URLs, which describe a variant of an image: imgproxy's options and some of this service."""
