from types import SimpleNamespace

from local.deploy import PIPELINE, RECONCILE, Session


class Services:
    """S3 and Lambda, as far as they are asked here."""

    def __init__(self) -> None:
        self.keys = ["bootstrap/a.zip", "bootstrap/old.zip", "elsewhere.zip"]
        self.invoked: list[str] = []
        self.provisioned: list[tuple[str, int]] = []

    def list_objects_v2(self, Bucket: str) -> dict:
        return {"Contents": [{"Key": key} for key in self.keys]}

    def delete_object(self, Bucket: str, Key: str) -> None:
        self.keys.remove(Key)

    def list_functions(self) -> dict:
        names = ("ImgoptApi-Images1", f"{RECONCILE}Function2", f"{PIPELINE}Plan3", f"{PIPELINE}Tag4")
        return {"Functions": [{"FunctionName": name} for name in names]}

    def put_provisioned_concurrency_config(
        self,
        FunctionName: str,
        Qualifier: str,
        ProvisionedConcurrentExecutions: int,
    ) -> None:
        self.provisioned.append((FunctionName, ProvisionedConcurrentExecutions))

    def invoke(self, FunctionName: str, InvocationType: str, Payload: bytes) -> None:
        self.invoked.append(FunctionName)


def session(services: Services) -> Session:
    session = object.__new__(Session)
    session.scripts = {"bootstrap/a.zip"}
    session.client = lambda service: services
    return session


def test_scripts_that_no_stack_names_go():
    services = Services()
    session(services).remove_old_scripts()
    assert services.keys == ["bootstrap/a.zip"]


def test_jobs_are_looked_after_by_the_function_of_the_schedule():
    services = Services()
    session(services).look_after_jobs()
    assert services.invoked == [f"{RECONCILE}Function2"]


def test_stages_get_a_process_each_in_the_order_that_is_asked_for():
    services = Services()
    session(services).keep_ready(("Tag", "Plan"))
    assert services.provisioned == [(f"{PIPELINE}Tag4", 1), (f"{PIPELINE}Plan3", 1)]


def test_a_client_is_opened_once_for_each_service(monkeypatch):
    opened: list[str] = []
    monkeypatch.setattr(Session, "_open_client", lambda _, service: opened.append(service) or object())
    key = SimpleNamespace(id="a", secret="b")
    asked = Session(SimpleNamespace(endpoint="http://127.0.0.1:1", key=key))
    assert asked.client("s3") is asked.client("s3")
    asked.client("lambda")
    assert opened == ["s3", "lambda"]
