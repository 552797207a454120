"""The allowed return addresses of sign-ins at the embedded cloud."""

from local.accounts import CALLBACK_PATH, update_functions, urls
from local.deploy import variables_of_template


def test_sign_ins_lead_back_to_this_machine(monkeypatch):
    monkeypatch.delenv("IMGOPT_PUBLIC_URL", raising=False)
    assert urls(8080, CALLBACK_PATH) == ["http://127.0.0.1:8080/mcp/callback", "http://localhost:8080/mcp/callback"]


def test_sign_ins_lead_back_through_a_proxy(monkeypatch):
    monkeypatch.setenv("IMGOPT_PUBLIC_URL", "https://img.example/api/")
    assert urls(8080, CALLBACK_PATH)[-1] == "https://img.example/api/mcp/callback"


class Functions:
    """Lambda, as far as it is asked here."""

    def __init__(self) -> None:
        self.variables = {"IMGOPT_OIDC_ISSUER": "of the template", "IMGOPT_TABLE_NAME": "t"}

    def list_functions(self) -> dict:
        return {"Functions": [{"FunctionName": "f", "Environment": {"Variables": dict(self.variables)}}]}

    def update_function_configuration(self, FunctionName: str, Environment: dict) -> None:
        self.variables = Environment["Variables"]


def test_variables_of_a_run_are_gone_in_the_next():
    functions = Functions()
    update_functions(functions, {"IMGOPT_PUBLIC_URL": "http://127.0.0.1:8080", "IMGOPT_OIDC_ISSUER": "another"})
    assert functions.variables["IMGOPT_OIDC_ISSUER"] == "another"
    update_functions(functions, {"IMGOPT_OIDC_DISCOVERY_URL": "http://127.0.0.1:4000"})
    assert functions.variables["IMGOPT_OIDC_ISSUER"] == "of the template"
    assert "8080" not in str(functions.variables)
    assert variables_of_template(functions.variables) == Functions().variables


def test_variables_set_by_an_earlier_version_are_removed():
    functions = Functions()
    functions.variables["IMGOPT_PUBLIC_URL"] = "http://127.0.0.1:8080"
    assert variables_of_template(functions.variables) == Functions().variables
