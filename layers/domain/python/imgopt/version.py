"""The version of the service, its clients and packages. pyproject.toml reads it from here (`tool.hatch.version`)."""

SERVICE_VERSION = "1.0.0"
