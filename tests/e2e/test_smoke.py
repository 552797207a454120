"""What is asked of a service after each deployment, asked of the embedded cloud on both ways into it."""

from cdk import smoke
from tests import pictures


def test_service_passes_what_is_asked_after_a_deployment(client, tmp_path, capsys):
    sample = tmp_path / "sample.jpg"
    sample.write_bytes(pictures.jpeg())
    assert smoke.main({"URL": str(client.base_url)}, client, sample) == 0
    assert "smaller" in capsys.readouterr().out
