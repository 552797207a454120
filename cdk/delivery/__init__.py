"""Continuous delivery: roles for workflows on GitHub, or a pipeline on AWS. `make delivery` deploys them."""
