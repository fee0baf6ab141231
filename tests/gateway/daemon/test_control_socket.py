"""What a command is told when the gateway it asks does not answer."""

import socket
from contextlib import chdir

import pytest

from gateway.daemon.control_socket import NoAnswerError, NotRunningError, ask


def test_no_gateway_is_told_apart_from_one_that_keeps_silent(tmp_path):
    with pytest.raises(NotRunningError):
        ask(tmp_path, {"status": True})
    with socket.socket(socket.AF_UNIX) as silent, chdir(tmp_path):
        silent.bind("control.sock")
        silent.listen()
        with pytest.raises(NoAnswerError, match=r"did not answer within 0\.1 s"):
            ask(tmp_path, {"status": True}, within_s=0.1)
