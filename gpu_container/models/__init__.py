"""Networks that others trained: published weights, fetched by hash and converted to ONNX once per user."""
