"""Pretrained networks: published weights, which are downloaded, checked by hash, and converted once per user."""
