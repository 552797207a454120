"""The image optimization service without AWS's or HTTP's shape."""
