"""Units of sizes and times, in bytes and in seconds."""

MEBIBYTE = 1024 * 1024
HOUR = 3600
DAY = 24 * HOUR
