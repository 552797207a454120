"""`make bench-conformance`: image files of other projects, read by the service and by a second decoder."""
