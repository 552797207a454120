"""HTTP requests to URLs that clients name. They can't reach the service's own network (SSRF)."""
