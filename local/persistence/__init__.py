"""What the emulator is told is on the disk before it answers, and is there again when it starts."""
