from local.deploy import RECONCILE, Session


class Services:
    """S3 and Lambda, as far as they are asked here."""

    def __init__(self) -> None:
        self.keys = ["bootstrap/a.zip", "bootstrap/old.zip", "elsewhere.zip"]
        self.invoked: list[str] = []

    def list_objects_v2(self, Bucket: str) -> dict:
        return {"Contents": [{"Key": key} for key in self.keys]}

    def delete_object(self, Bucket: str, Key: str) -> None:
        self.keys.remove(Key)

    def list_functions(self) -> dict:
        return {"Functions": [{"FunctionName": name} for name in ("ImgoptApi-Images1", f"{RECONCILE}Function2")]}

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
