"""A language and a context for tags: from the request to the tagger and back."""

import json

import pytest

from functions.stages import plan
from imgopt.settings import settings
from imgopt.tagging import service as tagging
from imgopt.tagging.model import Briefing, ImageTags
from tests import pictures

CONTEXT = "Hiking boots Alp 7 - Summit Shop"


@pytest.fixture
def briefings(monkeypatch) -> list[Briefing]:
    """Returns the briefings that a tagger gets; the tagger gives a warning."""
    told: list[Briefing] = []

    class Tagger:
        def tag(self, image, briefing):
            told.append(briefing)
            return ImageTags("Ein Stiefel.", ("stiefel", "rot", "berg"), "stiefel", "somebody", "de", warning="A boot?")

    monkeypatch.setattr(tagging, "tagger", Tagger)
    return told


@pytest.fixture
def send(client, upload):
    """A call about one guest's uploads; the answer."""
    uploads: list[dict] = []

    def ask(path: str, count: int = 1, key: str | None = None, **asked: object):
        while len(uploads) < count:
            uploads.append(upload(pictures.png(), token=uploads[0]["session_token"] if uploads else None))
        headers = {"X-Session-Token": uploads[0]["session_token"], **({"Idempotency-Key": key} if key else {})}
        ids = [each["temp_file_id"] for each in uploads[:count]]
        return client.post(path, json={"temp_file_ids": ids, **asked}, headers=headers)

    return ask


@pytest.mark.parametrize("path", ["/auto", "/tag"])
def test_a_tagger_is_told_language_and_context(send, briefings, run_stages, client, path):
    asked = {"output_seo_tag_gen": True, "output_seo_language": "DE-at", "output_seo_context": CONTEXT}
    (job,) = send(path, settings=asked).raise_for_status().json()["jobs"]
    run_stages(job["id"])
    assert briefings == [Briefing("de-AT", CONTEXT)]
    done = client.get(f"/status/{job['id']}").json()["job"]
    assert (done["output_seo_language"], done["words_language"]) == ("de-AT", "de")
    assert pictures.without_missing_scorer(done["warning"]) == "A boot?"
    assert CONTEXT not in json.dumps(done)


def test_an_operators_language_counts_where_none_is_asked_for(send, briefings, run_stages, monkeypatch):
    monkeypatch.setenv("IMGOPT_TAGGING_LANGUAGE", "pt-br")
    settings.cache_clear()
    (job,) = send("/tag").raise_for_status().json()["jobs"]
    run_stages(job["id"])
    assert briefings == [Briefing("pt-BR", "")]


def test_images_of_a_call_and_all_outputs_have_one_language(send, briefings, run_stages):
    outputs = [{"output_width": 10}, {"output_format": "webp"}]
    asked = {"output_seo_tag_gen": True, "output_seo_language": "fr", "output_seo_context": "Été"}
    for job in send("/auto", 2, settings={**asked, "outputs": outputs}).raise_for_status().json()["jobs"]:
        run_stages(job["id"])
    assert briefings == [Briefing("fr", "Été")] * 2
    refused = send("/auto", settings={"outputs": [{"output_seo_language": "fr"}]})
    assert refused.status_code == 422


def test_a_context_is_not_in_the_state(send):
    asked = {"output_seo_tag_gen": True, "output_seo_context": CONTEXT}
    (job,) = send("/auto", settings=asked).raise_for_status().json()["jobs"]
    state = plan.handler({"job_id": job["id"], "owner": "guest"}, None)
    assert state["asked"]["context"] is True
    assert CONTEXT not in json.dumps(state)


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        ({"output_seo_language": "german"}, "BCP 47 tag, such as de, pt-BR or zh-Hant"),
        ({"output_seo_language": 5}, "valid string"),
        ({"output_seo_context": "x" * 501}, "at most 500 characters"),
        ({"output_seo_context": ["x"]}, "valid string"),
    ],
)
def test_a_language_or_context_that_is_none_is_refused(send, asked, allowed):
    answer = send("/tag", **asked)
    assert answer.status_code == 422
    assert allowed in answer.json()["detail"][0]["msg"]


def test_a_call_in_another_language_is_another_call(send):
    def jobs(**asked: str) -> list[str] | int:
        answer = send("/tag", key="key", settings=asked)
        return [each["id"] for each in answer.json()["jobs"]] if answer.is_success else answer.status_code

    first = jobs(output_seo_language="de-AT", output_seo_context="Boots")
    assert jobs(output_seo_language="DE-at", output_seo_context="Boots") == first
    assert jobs(output_seo_language="de", output_seo_context="Boots") == 422
    assert jobs(output_seo_language="de-AT", output_seo_context="Shoes") == 422


def test_a_language_without_tags_has_no_effect(send):
    asked = {"output_seo_language": "de", "output_seo_context": "Boots"}
    told = [f"{name} has no effect without output_seo_tag_gen or output_seo_rename." for name in asked]
    assert send("/auto", settings=asked).json()["warnings"] == told
    assert send("/auto", settings={**asked, "output_seo_rename": True}).json()["warnings"] == []
    assert send("/tag", settings=asked).json()["warnings"] == []
