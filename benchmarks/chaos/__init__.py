"""`make chaos`: what becomes of work that is under way when something of the service dies, or its disk is full."""
