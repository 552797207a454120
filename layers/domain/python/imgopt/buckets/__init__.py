"""Optimizes new objects in S3 buckets by the operator's rules."""
