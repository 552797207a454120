from tests.handlers import conftest as handlers

client, upload, submit = handlers.client, handlers.upload, handlers.submit
