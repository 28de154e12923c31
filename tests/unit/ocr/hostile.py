"""What a hostile file might make a reader do: functions for the sandbox to stop."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from ocr import sandbox_child
from ocr.sandbox_child import report


def loop() -> None:
    while True:
        pass


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def loop_in_a_grandchild(note: str) -> None:
    """Start a process that would live on, say which, and wait."""
    process = subprocess.Popen(["sleep", "300"])
    Path(note).write_text(str(process.pid), encoding="ascii")
    process.wait()


def eat_memory() -> int:
    return len(bytearray(8 * 1024 * 1024 * 1024))


def open_network() -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.socket(family, socket.SOCK_STREAM).close()
        except PermissionError:
            continue
        return True
    return False


def talk_to_itself() -> bool:
    left, right = socket.socketpair()
    left.sendall(b"x")
    return right.recv(1) == b"x"


def write_much() -> None:
    with open("big", "wb") as file:
        while True:
            file.write(b"\0" * (1 << 20))


def open_many() -> None:
    for _ in range(10_000):
        os.open(os.devnull, os.O_RDONLY)


def answer_much() -> str:
    return "x" * 50_000_000


def die() -> None:
    os.abort()


def where(text: str) -> dict[str, Any]:
    """Report, leave a file behind, and tell folder, environment and argument."""
    report({"half": "way"})
    Path("left-over.txt").write_text(text, encoding="utf-8")
    return {"folder": os.getcwd(), "environment": dict(os.environ), "text": text}


def link_out() -> str:
    os.symlink("/etc/passwd", "out")
    return "out"


def not_json() -> None:
    os.write(3, b"")
    raise ValueError("broken structure")


def loaded_with(name: str) -> list[str]:
    """Modules in the child once it has loaded another."""
    sandbox_child._module(name)
    return sorted(sys.modules)
