"""The layer of the Lambda Web Adapter, which AWS publishes in each region."""

# The ARN, with placeholders for the partition and the region.
WEB_ADAPTER = "arn:{}:lambda:{}:753240598075:layer:LambdaAdapterLayerArm64:26"
