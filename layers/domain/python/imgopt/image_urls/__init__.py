"""Addresses that say what is to be made of an image: imgproxy's grammar, and some options of our own."""
