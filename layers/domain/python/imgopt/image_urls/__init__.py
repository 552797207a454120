"""Image URLs, which describe a variant of an image: imgproxy's grammar, and some options of this service."""
