"""A Django project in one file, with a page of images by URL: `python gallery.py runserver`."""

import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

PAGE = """{% load imgproxy %}<!doctype html>
<h1>Gallery</h1>
<img src="{% imgproxy 'landscape.jpg' rs='fill:300:200' q=70 %}" alt="Mountains">
<img src="{% imgproxy 'screenshot.png' 'webp' w=640 %}" alt="A table">
"""


def show_gallery(request: HttpRequest) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(PAGE).render({}, request))


urlpatterns = [path("", show_gallery)]

settings.configure(
    DEBUG=True,
    SECRET_KEY=os.urandom(32).hex(),
    ALLOWED_HOSTS=["127.0.0.1", "testserver"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django_imgproxy"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    IMGPROXY_BASE_URL=os.environ["IMGOPT_SERVER"] + "/img",
    IMGPROXY_KEY=os.environ["IMGOPT_URL_KEYS"].split(",")[0],
    IMGPROXY_SALT=os.environ["IMGOPT_URL_SALTS"].split(",")[0],
    IMGPROXY_SOURCE_URL_PREFIX=os.environ["MEDIA"],
)

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
