"""Runs a function on a file from outside in a child that can do little harm.

The children are forked from one server process that has the reading libraries loaded (a fork takes
3 ms, a fresh interpreter 250 ms). A child gets its own process group and temporary folder, limits
of memory, CPU, file size, open files and processes, no network sockets and none of our environment
variables. The parent keeps the wall clock and kills the whole group. What comes back is JSON of
limited size, never pickle: a child that was taken over cannot run code in the parent.
"""

from __future__ import annotations

import io
import json
import os
import select
import shutil
import signal
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from multiprocessing import connection, context, forkserver, popen_forkserver, reduction, spawn
from multiprocessing import process as mp_process
from multiprocessing import util as mp_util
from pathlib import Path
from typing import Any, TypeVar

from ocr import sandbox_child
from ocr.errors import FileRefused
from ocr.types import Limits

T = TypeVar("T")
PRELOAD = ["ocr.preload"]
READ_CHUNK = 1 << 16

_server = forkserver.ForkServer()
_server.set_forkserver_preload(PRELOAD)
_network_lock = threading.Lock()
_network_answer: list[bool] = []


class _Launcher(popen_forkserver.Popen):
    """As the standard one, but from our own server and without importing the caller's main module.

    The standard launcher makes each child import `__main__` again: gunicorn, flask, the tests.
    """

    _fds: list[int]

    def _launch(self, process_obj: Any) -> None:
        preparation = spawn.get_preparation_data(process_obj._name)
        for key in ("init_main_from_name", "init_main_from_path"):
            preparation.pop(key, None)
        buffer = io.BytesIO()
        context.set_spawning_popen(self)
        try:
            reduction.dump(preparation, buffer)
            reduction.dump(process_obj, buffer)
        finally:
            context.set_spawning_popen(None)
        self.sentinel, child_w = _server.connect_to_new_process(self._fds)
        parent_w = os.dup(child_w)
        self.finalizer = mp_util.Finalize(self, _close, (parent_w, self.sentinel))
        with open(child_w, "wb", closefd=True) as pipe:
            pipe.write(buffer.getbuffer())
        self.pid = forkserver.read_signed(self.sentinel)


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


class _Child(mp_process.BaseProcess):
    _start_method = "forkserver"

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # the name that BaseProcess calls
        return _Launcher(process_obj)


def run(
    function_name: str,
    args: Mapping[str, Any],
    limits: Limits,
    *,
    on_progress: Callable[[Any], None] | None = None,
    collect: Callable[[Path, Any], T] | None = None,
) -> Any:
    """Call "module:function" with `args` (JSON values) in a sandboxed child; give its JSON result.

    `on_progress` is called with each value that the child reports on its way. `collect(folder,
    result)` is called before the child's folder is removed, to take files out of it (`take`).

    Raises:
        FileRefused: the function refused the file, broke a limit, or died.
    """
    folder = Path(tempfile.mkdtemp(prefix="doc-"))
    try:
        result = _converse(function_name, args, limits, folder, on_progress)
        return collect(folder, result) if collect else result
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _converse(
    function_name: str,
    args: Mapping[str, Any],
    limits: Limits,
    folder: Path,
    on_progress: Callable[[Any], None] | None,
) -> Any:
    reader, writer = connection.Pipe(duplex=False)
    child = _Child(
        target=sandbox_child.main,
        args=(writer, function_name, json.dumps(args), asdict(limits), str(folder)),
        daemon=True,
    )
    try:
        child.start()
        writer.close()
        return _listen(child, reader.fileno(), limits, on_progress)
    finally:
        _kill_group(child)
        reader.close()


def _listen(
    child: _Child, pipe: int, limits: Limits, on_progress: Callable[[Any], None] | None
) -> Any:
    """Read JSON lines until the child's answer, its death or the end of its time."""
    deadline = time.monotonic() + limits.wall_s
    pending, received = bytearray(), 0
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise FileRefused("timeout", f"over {limits.wall_s:.0f} s")
        if not select.select([pipe], [], [], left)[0]:
            continue
        chunk = os.read(pipe, READ_CHUNK)
        if not chunk:
            raise _death(child)
        received += len(chunk)
        if received > limits.answer_bytes:
            raise FileRefused("too_big", "the answer of the child is over its limit")
        pending += chunk
        while (end := pending.find(b"\n")) >= 0:
            message = _parse(bytes(pending[:end]))
            del pending[: end + 1]
            if "progress" in message:
                if on_progress:
                    on_progress(message["progress"])
            elif "result" in message:
                return message["result"]
            else:
                raise FileRefused(str(message.get("refused")), str(message.get("detail", ""))[:300])


def _parse(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise FileRefused("crashed", "the child's answer is not JSON")
    return message


def _death(child: _Child) -> FileRefused:
    child.join(2)
    code = child.exitcode
    if code == -signal.SIGXCPU:
        return FileRefused("timeout", "CPU time")
    return FileRefused("crashed", f"exit status {code}")


def _kill_group(child: _Child) -> None:
    """End the child and all that it started. It leads its own group once it has begun."""
    if child.pid is None:
        return
    for kill in (os.killpg, os.kill):
        try:
            kill(child.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue
    child.join(5)


def take(folder: Path, name: str, target: Path, *, max_bytes: int) -> Path:
    """Move a plain file out of a child's folder; never follows links or leaves the folder."""
    source = folder / Path(name).name
    status = os.lstat(source)
    if not stat.S_ISREG(status.st_mode):
        raise FileRefused("crashed", "the result is no plain file")
    if status.st_size > max_bytes:
        raise FileRefused("too_big", f"{status.st_size} bytes")
    shutil.move(source, target)
    return target


def network_blocked() -> bool:
    """Whether children really are refused network sockets (asked of one child, then remembered)."""
    with _network_lock:
        if not _network_answer:
            args: dict[str, Any] = {}
            refused = run("ocr.sandbox_child:socket_is_refused", args, Limits(wall_s=20, cpu_s=10))
            _network_answer.append(bool(refused))
        return _network_answer[0]
