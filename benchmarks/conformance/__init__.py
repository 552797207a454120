"""`make bench-conformance`: the service and a second decoder read image files of other projects."""
