"""The addresses of decisions on the main port; they stand at the root, where AuthZEN has them."""

from __future__ import annotations

from django.urls import path

from tenure.api.decisions import views
from tenure.api.decisions.answers import CONFIGURATION_PATH, EVALUATION_PATH, EVALUATIONS_PATH

urlpatterns = [
    path(EVALUATION_PATH.lstrip("/"), views.evaluation),
    path(EVALUATIONS_PATH.lstrip("/"), views.evaluations),
    path(CONFIGURATION_PATH.lstrip("/"), views.metadata),
]
