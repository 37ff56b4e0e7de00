"""The same things as the pages show, for programs: ``/api/v1`` with an OpenAPI of its own."""
