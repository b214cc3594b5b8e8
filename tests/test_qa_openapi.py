"""The API does what its own description says, for requests made of that description by schemathesis:
no server error, no undocumented status, no reply of another form.
"""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from qa.serve.api import application
from qa.serve.line import Line
from qa.settings import ServingSettings
from tests.fakes_serve import gated, shelve

EXAMPLES = 8
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


@pytest.fixture(scope="module")
def operations(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    home = tmp_path_factory.mktemp("served")
    line = Line(gated(shelve(home / "documents"), home / "home"))
    line.begin()
    line.ready.result(30)
    app = application(line, ServingSettings(host="testserver"), folder=line.index.folder)
    described = schemathesis.openapi.from_asgi("/openapi.json", app)
    return [found.ok() for found in described.get_all_operations()]


def test_a_request_made_of_the_description_gets_a_reply_of_the_description(
    operations: list[Any],
) -> None:
    assert len(operations) >= 10
    for operation in operations:
        requests = st.one_of(
            operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
            operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        )

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
        @given(requests)
        def tried(case: Any) -> None:
            case.call_and_validate(checks=list(CHECKS))

        tried()
