"""The worker: takes orders from queues, upscales on the best device there is, and answers the state machine."""
