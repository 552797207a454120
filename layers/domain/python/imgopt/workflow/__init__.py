"""What the states of the state machine do with jobs, and what mends jobs that were left."""
