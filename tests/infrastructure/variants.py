"""Installations with other options, by their context."""

SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:{}-a1b2c3"
ISSUER = {
    "IMGOPT_OIDC_ISSUER": "https://issuer.example",
    "IMGOPT_OIDC_AUDIENCE": "images",
    "IMGOPT_CORS_ORIGINS": "https://a.example",
    "IMGOPT_OIDC_CLIENT_SECRET_ARN": SECRET.format("Images"),
    "IMGOPT_STRIPE_SECRET_ARN": SECRET.format("Billing"),
    "IMGOPT_SCHEDULER_SECRET_ARN": SECRET.format("Internal"),
    "IMGOPT_ORIGIN_SECRET_ARN": SECRET.format("Streaming"),
    "IMGOPT_URL_SECRET_ARN": SECRET.format("Variants"),
}
STRIPE = {
    "IMGOPT_PUBLIC_URL": "https://img.example/",
    "IMGOPT_STRIPE_SECRET_ARN": SECRET.format("stripe"),
    "IMGOPT_STRIPE_PRICES": "price_a=starter",
    "IMGOPT_BILLING_ORIGINS": "https://www.example",
}
VISION = {
    "IMGOPT_TAGGER": "openai",
    "IMGOPT_OPENAI_BASE_URL": "https://models.example/v1",
    "IMGOPT_OPENAI_MODEL": "eyes",
    "IMGOPT_OPENAI_API_KEY_ARN": SECRET.format("Tag"),
}
X402 = {
    "IMGOPT_X402_PAY_TO": "0x209693Bc6afc0C5328bA36FaF03C514EF312287C",
    "IMGOPT_X402_FACILITATOR_URL": "https://facilitator.example",
    "IMGOPT_X402_NETWORK": "eip155:84532",
    "IMGOPT_X402_ASSET": "0x036CbD53842c5426634e7929541eC2318f3dCF7e",
}
STAGING = {
    "IMGOPT_CREDITS_FREE": 100,
    "IMGOPT_CORS_ORIGINS": "https://a.example, https://b.example",
    "IMGOPT_PUBLIC_URL": "https://img.example/images/",
    "IMGOPT_STRIPE_SECRET_ARN": SECRET.format("stripe"),
}
EDGE = {
    "IMGOPT_PUBLIC_URL": "https://img.example/api",
    "IMGOPT_ORIGIN_SECRET_ARN": SECRET.format("origin"),
    "IMGOPT_TRUSTED_PROXIES": "192.0.2.0/24",
    "IMGOPT_C2PA_SECRET_ARN": SECRET.format("c2pa"),
    "IMGOPT_URL_BUCKETS": "photos,drawings",
    "IMGOPT_TAGGING_MODEL_ID": "global.amazon.nova-2-lite-v1:0",
}
BUCKETS = {
    "IMGOPT_PRESETS": "web=rs:fit:1600:0/f:webp,thumb=rs:fit:200:200",
    "IMGOPT_BUCKET_RULES": [
        {"bucket": "photos", "prefix": "in/", "presets": ["web", "thumb"], "target": "site"},
        {"bucket": "drawings", "presets": ["web"], "target": "site", "key": "drawn/{dir}{stem}.{ext}"},
    ],
}
BEHIND_CLOUDFRONT = {
    "edge": True,
    "edge_domain": "img.example",
    "edge_certificate": "arn:aws:acm:us-east-1:123456789012:certificate/a1b2c3",
    "edge_secret_version": "12345678-1234-1234-1234-123456789012",
}
FEW_GPUS = {"gpu": True, "gpu_max_tasks": 3, "gpu_keep_minutes": 7, "gpu_instance_types": ["g6.xlarge", "g4dn.xlarge"]}
# Templates name assets by their hashes, so that 230 MB needn't be copied for each installation.
UNSTAGED: dict[str, object] = {"aws:cdk:disable-asset-staging": True}
VARIANTS: dict[str, dict[str, object]] = {
    "another issuer behind a proxy": {
        "settings": {**EDGE, **BUCKETS, **ISSUER},
        "canary_minutes": "5",
        "gpu": True,
        "gpu_spot": True,
        "gpu_max_tasks": 20,
    },
    "Stripe": {
        "settings": {**STRIPE, **VISION, **X402},
        "callback_urls": ["https://www.example/in"],
        "mfa_required": True,
        "customer_key": True,
        **BEHIND_CLOUDFRONT,
    },
    "a second installation": {
        "name": "Staging",
        "settings": STAGING,
        "optimize_mb": 6144,
        "log_role": False,
        "detailed_metrics": "true",
        "account_concurrency": "1000",
        "alarm_email": "ops@example.com",
        "monthly_budget": "50",
        "edge": "true",
        **FEW_GPUS,
    },
}
