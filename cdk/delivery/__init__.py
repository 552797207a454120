"""What deploys the service: roles for workflows on GitHub, and a pipeline on AWS. `make delivery` deploys both."""
