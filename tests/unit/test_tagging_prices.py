"""The prices of models."""

import pytest

from imgopt.tagging.prices import estimate

ARN = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0"


@pytest.mark.parametrize(
    ("model_id", "dollars"),
    [
        ("amazon.nova-lite-v1:0", 0.06 + 0.24),
        ("us.amazon.nova-lite-v1:0", 0.06 + 0.24),
        (ARN, 0.06 + 0.24),
        ("eu.amazon.nova-2-lite-v1:0", 0.33 + 2.75),
        ("global.amazon.nova-2-lite-v1:0", 0.30 + 2.50),
        ("maker.model-v9:0", None),
    ],
)
def test_a_million_tokens_each_way(model_id, dollars):
    assert estimate(model_id, 1_000_000, 1_000_000) == (dollars and pytest.approx(dollars))
