"""Users and guests, what proves who they are, and what their tier allows."""
