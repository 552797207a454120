"""An image by URL, from its source's bytes to the variant's, in one confined process."""
