"""The upscaling worker: a container on GPU instances."""
