"""What every request passes through."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from console.middleware import RequestScope
from runs.errors import Conflict
from runs.models import Run
from voice.models import Call


def pass_through(scene, view, name="lena"):
    request = RequestFactory().get(scene.path("anything/"))
    request.user = scene.house.users[name]

    def handler(request):
        try:
            return view(request)
        except Exception as error:  # noqa: BLE001 as Django does
            answer = middleware.process_exception(request, error)
            return answer if answer is not None else HttpResponse(status=500)

    middleware = RequestScope(handler)
    return middleware(request)


def rename(scene, title):
    Run.objects.filter(id=scene.run.id).update(title=title)


def title_of(scene):
    with scene.scope():
        return Run.objects.get(id=scene.run.id).title


def test_a_view_sees_its_workspace_and_writes(scene):
    def view(request):
        rename(scene, f"by {request.actor.name}")
        return HttpResponse(f"{Call.objects.count()}")

    answer = pass_through(scene, view)
    assert answer.content == b"1"
    assert title_of(scene) == "by Lena Fischer"
    assert answer["X-Request-ID"]
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("how", ["refused", "raised", "answered"])
def test_what_fails_leaves_nothing_behind(scene, how):
    def view(request):
        rename(scene, "half done")
        if how == "refused":
            raise Conflict("newer_version", version=2)
        if how == "raised":
            raise RuntimeError
        return HttpResponse(status=503)

    answer = pass_through(scene, view)
    assert answer.status_code == {"refused": 409, "raised": 500, "answered": 503}[how]
    assert title_of(scene) == "Project intake, Dana Whitfield"


def test_a_refusal_is_a_page_with_words_and_a_reference(scene, lena):
    answer = lena.get(scene.path("calls/CALL-00000000/"))
    html = answer.content.decode()
    assert answer.status_code == 404
    assert "not yours to see" in html
    assert answer["X-Request-ID"] in html


def test_pages_are_under_a_strict_policy(scene, lena):
    policy = lena.get(scene.path("live/"))["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_persons_zone_holds_for_the_page(scene, lena):
    scene.house.users["lena"].zone = "Asia/Tokyo"
    scene.house.users["lena"].save()
    assert "JST" in lena.get(scene.path("live/")).content.decode()


def test_a_zone_that_does_not_exist_falls_back(scene, lena):
    scene.house.users["lena"].zone = "Mars/Olympus"
    scene.house.users["lena"].save()
    assert lena.get(scene.path("live/")).status_code == 200


@pytest.mark.parametrize("path", ["live/%00/", "calls/%00/", "runs/a%00b/", "approvals/%00/"])
def test_an_id_with_a_nul_is_no_address(scene, lena, path):
    assert lena.get(scene.path(path)).status_code == 404
