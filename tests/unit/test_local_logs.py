"""The logs of functions, for one job or for all."""

import pytest

from imgopt.telemetry import reference_of
from local import logs

JOB = "0b1c0f6e-0000-4000-8000-000000000001"


class Pages:
    def __init__(self, found):
        self.found = found

    def paginate(self, logGroupName=""):
        return self.found[logGroupName]


class CloudWatch:
    """Two functions, each with a line about the job and one about another."""

    def get_paginator(self, name):
        if name == "describe_log_groups":
            return Pages({"": [{"logGroups": [{"logGroupName": f"/imgopt/A/{name}"} for name in ("Finish", "Plan")]}]})
        mine, other = f'{{"job_id":"{reference_of(JOB)}"}}\n', '{"job_id":"another"}'
        return Pages(
            {
                "/imgopt/A/Plan": [{"events": [event(1, mine), event(2, other)]}],
                "/imgopt/A/Finish": [{"events": [event(4, mine)]}, {"events": [event(3, other)]}],
            }
        )


def event(timestamp, message):
    return {"timestamp": timestamp, "message": message}


@pytest.fixture
def served(monkeypatch, tmp_path):
    monkeypatch.setattr(logs.connection, "find", lambda _: type("Connection", (), {"access": None}))
    monkeypatch.setattr(logs, "Session", lambda _: type("Session", (), {"client": lambda *_: CloudWatch()})())


def test_lines_of_all_functions_are_in_their_order(served, capsys):
    assert logs.main([]) == 0
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == [
        "Plan",
        "Plan",
        "Finish",
        "Finish",
    ]


def test_lines_of_a_job_are_found_by_its_id(served, capsys):
    assert logs.main([JOB]) == 0
    line = f'{{"job_id":"{reference_of(JOB)}"}}'
    assert capsys.readouterr().out.splitlines() == [f"Plan: {line}", f"Finish: {line}"]


def test_service_that_does_not_run_is_an_error_that_says_what_to_do(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(logs, "FOLDER", tmp_path)
    assert logs.main([]) == 1
    assert "start `make up`" in capsys.readouterr().err
