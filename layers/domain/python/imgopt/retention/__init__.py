"""What is removed when its time is over or somebody asks, and what is left of it."""
