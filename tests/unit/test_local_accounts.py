"""Where sign-ins at the embedded cloud may lead back to."""

from local.accounts import callback_urls


def test_sign_ins_lead_back_to_this_machine(monkeypatch):
    monkeypatch.delenv("IMGOPT_PUBLIC_URL", raising=False)
    assert callback_urls(8080) == ["http://127.0.0.1:8080/mcp/callback", "http://localhost:8080/mcp/callback"]


def test_sign_ins_lead_back_through_a_proxy(monkeypatch):
    monkeypatch.setenv("IMGOPT_PUBLIC_URL", "https://img.example/api/")
    assert callback_urls(8080)[-1] == "https://img.example/api/mcp/callback"
