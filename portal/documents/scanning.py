"""Asks a ClamAV daemon whether a file holds something known to be harmful (clamd(8), INSTREAM)."""

from __future__ import annotations

import socket
import struct
import time

from django.conf import settings

#: Sent at a time; bytes.
PIECE = 1 << 16
#: clamd's answer is one line; more is no answer of clamd's.
LONGEST_ANSWER = 4096


class ScannerUnavailable(Exception):
    """A scanner is configured, but has not said that the file is clean: nothing may be kept."""


def is_harmful(content: bytes) -> bool:
    """Whether the scanner knows the file for harmful; False as well when no scanner is configured.

    Raises ScannerUnavailable when it does not answer within `CLAMAV_SECONDS`, or answers anything else.
    """
    if not settings.CLAMAV_ADDRESS:
        return False
    try:
        answer = _ask(settings.CLAMAV_ADDRESS, content, time.monotonic() + settings.CLAMAV_SECONDS)
    except (OSError, ValueError) as error:  # ValueError: no address
        raise ScannerUnavailable(type(error).__name__) from error
    if answer == b"stream: OK":
        return False
    if answer.startswith(b"stream: ") and answer.endswith(b" FOUND"):
        return True
    raise ScannerUnavailable(answer[:100].decode(errors="replace"))


def _ask(address: str, content: bytes, deadline: float) -> bytes:
    """Send the file in pieces that each say their length, and return the answer."""
    with _connection(address, deadline) as scanner:
        scanner.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), PIECE):
            piece = content[start : start + PIECE]
            scanner.settimeout(_left(deadline))
            scanner.sendall(struct.pack(">I", len(piece)) + piece)
        scanner.sendall(struct.pack(">I", 0))
        answer = b""
        while b"\0" not in answer and len(answer) < LONGEST_ANSWER:
            scanner.settimeout(_left(deadline))
            received = scanner.recv(LONGEST_ANSWER)
            if not received:
                break
            answer += received
    return answer.partition(b"\0")[0]


def _connection(address: str, deadline: float) -> socket.socket:
    if not address.startswith("/"):
        host, _colon, port = address.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=_left(deadline))
    scanner = socket.socket(socket.AF_UNIX)
    try:
        scanner.settimeout(_left(deadline))
        scanner.connect(address)
    except OSError:
        scanner.close()
        raise
    return scanner


def _left(deadline: float) -> float:
    """Seconds left. Raises TimeoutError, which is an OSError, when there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
