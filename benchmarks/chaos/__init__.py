"""`make chaos` checks what happens to running work when a part of the service is killed, or its disk is full."""
