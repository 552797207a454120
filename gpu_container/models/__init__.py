"""Networks for upscaling: published weights of ncnn, fetched by hash and converted to ONNX once per user."""
