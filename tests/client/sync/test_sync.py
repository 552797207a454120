"""`imgopt sync`: each image of a bucket gets its result once, and other objects stay unchanged."""

import json

import pytest

from imgopt_client.errors import ExitCode
from imgopt_client.sync import marks
from imgopt_client.sync.addresses import KeyTemplate
from imgopt_client.sync.objects import Objects
from tests.client.server import IMAGE, RESULT, answer

TO = ("s3://photos/in", "s3://site/img/")


@pytest.fixture
def sync(imgopt, s3, presets):
    return lambda *more, to=TO: imgopt("sync", *to, *(more or ("--preset", "web")))


def keys(s3, bucket="site"):
    return [each["Key"] for each in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def jobs(server):
    return [json.loads(each.content)["settings"] for each in server.requests if each.url.path == "/auto"]


def test_each_image_of_a_bucket_is_made_by_a_preset(server, sync, s3, capsys):
    assert sync() == ExitCode.DONE
    found = s3.get_object(Bucket="site", Key="img/2026/cat.webp")
    assert (found["Body"].read(), found["ContentType"], jobs(server)) == (RESULT, "image/webp", [{"preset": "web"}])
    noted = found["Metadata"]
    assert noted[marks.OBJECT] == marks.object_of("photos", "in/2026/cat.png")
    assert noted[marks.PRESET] == marks.mark_of("web", "w:40/f:webp")
    assert capsys.readouterr().out == "1 made, 2 other objects left out, 1.0 kB to 0.0 kB (99% saved)\n"


def test_several_presets_take_one_upload(server, sync, s3):
    assert sync("--preset", "web", "--preset", "thumb") == ExitCode.DONE
    assert keys(s3) == ["img/2026/cat-thumb.webp", "img/2026/cat-web.webp"]
    assert server.paths().count("POST /upload") == 1
    assert len({each.headers["Idempotency-Key"] for each in server.requests if each.url.path == "/auto"}) == 2


def test_second_run_makes_nothing(server, sync, s3, capsys):
    sync()
    assert sync() == ExitCode.DONE
    assert len(jobs(server)) == 1
    assert "1 there already" in capsys.readouterr().out


def test_object_or_preset_that_has_changed_is_made_anew(server, sync, s3, presets):
    sync()
    s3.put_object(Bucket="photos", Key="in/2026/cat.png", Body=IMAGE + b"more")
    sync()
    server.scripted["GET /config"].appendleft(answer({"presets": [{**presets[0], "options": "w:50"}]}))
    sync()
    assert len(jobs(server)) == 3
    assert keys(s3) == ["img/2026/cat.webp"]


def test_dry_run_tells_what_would_be_made(server, sync, s3, capsys):
    assert sync("--preset", "web", "--dry-run", "--json") == ExitCode.DONE
    fields = json.loads(capsys.readouterr().out)
    assert (fields["key"], fields["preset"], fields["status"], fields["before"]) == (
        "in/2026/cat.png",
        "web",
        "wanted",
        1000,
    )
    assert (keys(s3), jobs(server)) == ([], [])


def test_object_that_somebody_else_has_put_there_stays(sync, s3, capsys):
    s3.put_object(Bucket="site", Key="img/2026/cat.jpg", Body=b"by hand")
    assert sync() == ExitCode.FAILED
    assert keys(s3) == ["img/2026/cat.jpg"]
    assert "was not made by imgopt" in capsys.readouterr().err


def test_objects_that_come_to_one_key_are_told(sync, s3, capsys):
    sync()
    s3.put_object(Bucket="photos", Key="in/2026/cat.gif", Body=b"GIF89a".ljust(100, b"i"))
    assert sync() == ExitCode.FAILED
    assert "in/2026/cat.gif (web): img/2026/cat.webp is a result of another object" in capsys.readouterr().err


def test_another_run_that_was_quicker_has_made_it(sync, s3, capsys, monkeypatch):
    write = Objects.write

    def second(self, bucket, key, content, replaced):
        write(self, bucket, key, content, replaced)
        write(self, bucket, key, content, replaced)

    monkeypatch.setattr(Objects, "write", second)
    assert sync() == ExitCode.DONE
    assert capsys.readouterr().out.startswith("1 there already")


@pytest.mark.parametrize(
    "below", ["2026/cat.png", "/double.jpg", "a//b.c.jpg", "{x}.jpg", "noext", "../up.jpg", "a b+ö.jpg"]
)
@pytest.mark.parametrize("template", ["{dir}{stem}-{preset}.{ext}", "x/{preset}/{dir}{stem}.{ext}"])
def test_keys_are_those_of_the_service(below, template):
    from imgopt.buckets.keys import result_key
    from imgopt.settings.buckets import BucketRule

    rule = BucketRule(bucket="in1", prefix="in/", presets=("web",), target="out", key=template)
    assert KeyTemplate(template).fill(below, "web", "jpg") == result_key(rule, f"in/{below}", "web", "jpg")


def test_object_that_the_server_refuses_fails_alone(server, sync, s3):
    s3.put_object(Bucket="photos", Key="in/a.png", Body=IMAGE)
    server.scripted["POST /upload"].append(answer({"detail": "The file is damaged."}, 400))
    assert sync() == ExitCode.FAILED
    assert keys(s3) == ["img/2026/cat.webp"] or keys(s3) == ["img/a.webp"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("photos", "s3://site"), "not the address of a bucket"),
        (("s3://photos/in", "s3://photos/in/small"), "would be read as sources"),
        (("s3://photos", "s3://photos/small"), "would be read as sources"),
        (("s3://photos/in", "s3://site", "--key", "{stem}.{ext}"), "{dir} and {stem}"),
        (("s3://photos/in", "s3://site", "--key", "{dir}{stem}.webp"), "end in .{ext}"),
        (("s3://photos/in", "s3://site", "--key", "{dir}{stem}.{ext}", "--preset", "thumb"), "has to contain {preset}"),
        (("s3://photos/in", "s3://site", "--preset", "large"), "no preset 'large'. Its presets are: blurred, thumb"),
        (("s3://photos/in", "s3://site", "--preset", "blurred"), "has options that work only in image URLs"),
    ],
)
def test_wrong_usage_is_told_before_anything(server, sync, words, said, capsys):
    assert sync("--preset", "web", *words[2:], to=words[:2]) == ExitCode.USAGE
    output = capsys.readouterr()
    assert (said in output.err, output.out) == (True, "")
    assert jobs(server) == []


def test_bucket_that_is_not_there_is_told(sync, capsys):
    assert sync(to=("s3://nowhere-at-all", "s3://site")) == ExitCode.FAILED
    assert "s3://nowhere-at-all/" in capsys.readouterr().err


def test_marks_are_those_of_the_service(monkeypatch):
    """The function for buckets and this program then ignore each other's results."""
    from imgopt.buckets import results
    from imgopt.buckets.model import SourceObject

    names = ("OBJECT", "SOURCE", "PRESET", "WIDTH", "HEIGHT", "SCORE", "GENERATION")
    assert [getattr(results, each) for each in names] == [getattr(marks, each) for each in names]
    assert results.object_of(SourceObject("b", "k", "e", 1)) == marks.object_of("b", "k")
    assert results.mark_of("web", "w:40") == marks.mark_of("web", "w:40")
