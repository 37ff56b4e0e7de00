"""What the demo starts and where it answers."""

from __future__ import annotations

import socket

from service.demo.process import free_port


def test_a_free_port_is_none_that_a_call_going_out_could_hold() -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", 0)) as given:  # by the system, as to calls going out
        assert port < given.getsockname()[1]
    with socket.create_server(("127.0.0.1", port)):
        assert free_port() != port
