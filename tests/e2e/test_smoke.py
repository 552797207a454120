"""The smoke test, on the embedded cloud at both of its addresses."""

from cdk import smoke
from tests import pictures


def test_service_passes_what_is_asked_after_a_deployment(client, tmp_path, capsys):
    sample = tmp_path / "sample.jpg"
    sample.write_bytes(pictures.jpeg())
    assert smoke.main({"URL": str(client.base_url)}, client, sample) == 0
    assert "smaller" in capsys.readouterr().out
