"""What a client's website is told when a job ends, and how that is signed."""
