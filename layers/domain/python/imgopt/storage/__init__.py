"""Every call to AWS: the table, buckets, queues, secrets, state machines."""
