"""The worker: receives orders from queues, upscales on the best available device, and answers the state machine."""
