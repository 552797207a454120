"""Durable state of the emulator: changes are on the disk before a request is answered, and restored at the start."""
