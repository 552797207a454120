"""Makes the variant of an image URL from the bytes of its source, in one confined process."""
