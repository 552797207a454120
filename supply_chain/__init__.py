"""The project's third-party components: locks, a bill of materials, and an audit for vulnerabilities."""
