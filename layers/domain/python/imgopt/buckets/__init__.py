"""Images that come into an owner's buckets, and where their results go."""
