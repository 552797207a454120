"""Confined processes that decode images, with limits on memory, CPU time and system calls."""
