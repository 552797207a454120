"""All calls to AWS: the table, buckets, queues, secrets and state machines."""
