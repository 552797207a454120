"""HTTP requests to URLs that clients name. They can't reach anything in the service's own network (SSRF)."""
