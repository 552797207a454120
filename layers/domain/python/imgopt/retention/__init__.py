"""Deletes uploads, jobs and accounts when they expire or when their owner asks for it."""
