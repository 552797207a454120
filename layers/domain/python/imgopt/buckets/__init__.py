"""Optimization of new objects in an owner's S3 buckets."""
