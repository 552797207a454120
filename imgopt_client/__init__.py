"""`imgopt` on the command line: a client of the HTTP API alone, which knows nothing of the server's code."""
