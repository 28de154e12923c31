"""The child's side of `ocr.sandbox`: put on the limits, call one function, answer in JSON."""

from __future__ import annotations

import ctypes
import errno
import importlib
import importlib.util
import json
import os
import resource
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any

from ocr.errors import FileRefused

KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TESSDATA_PREFIX", "FONTCONFIG_PATH", "PYTHONPATH")
PR_SET_PDEATHSIG = 1
MEBIBYTE = 1024 * 1024
REFUSED_CALLS = (
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "mount",
    "umount2",
    "pivot_root",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "keyctl",
    "add_key",
    "request_key",
    "kexec_load",
    "init_module",
    "finit_module",
    "delete_module",
    "open_by_handle_at",
    "setns",
    "unshare",
    "io_uring_setup",  # could open sockets behind the filter's back
)

_report: list[Callable[[Any], None]] = []


def report(value: Any) -> None:
    """Tell the parent something on the way; does nothing outside a child."""
    if _report:
        _report[0](value)


def main(
    writer: Connection, function_name: str, args: str, limits: Mapping[str, Any], folder: str
) -> None:
    """Run in a fresh child: never returns, so that nothing of the parent's is unwound."""

    def send(message: dict[str, Any]) -> None:
        view = memoryview(json.dumps(message, ensure_ascii=False).encode() + b"\n")
        while view:
            view = view[os.write(writer.fileno(), view) :]

    status = 0
    try:
        _detach(folder)
        _limit(limits)
        refuse_dangerous_calls()
        _report.append(lambda value: send({"progress": value}))
        send({"result": _function(function_name)(**json.loads(args))})
    except BaseException as error:  # whatever happens becomes one sentence
        status = 1
        send(_refusal(error))
    finally:
        os._exit(status)


def _refusal(error: BaseException) -> dict[str, Any]:
    if isinstance(error, FileRefused):
        return {"refused": error.code, "detail": error.detail}
    name = type(error).__name__
    text = str(error)
    if isinstance(error, MemoryError) or "nsufficient memory" in text or "std::bad_alloc" in text:
        return {"refused": "memory", "detail": name}
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return {"refused": "memory", "detail": name}
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return {"refused": "too_big", "detail": name}
    if isinstance(error, TypeError | KeyError | AttributeError | ImportError):
        return {"refused": "crashed", "detail": f"{name}: {text[:200]}"}
    return {"refused": "broken", "detail": f"{name}: {text[:200]}"}


def _function(name: str) -> Callable[..., Any]:
    module, _, attribute = name.partition(":")
    function: Callable[..., Any] = getattr(_module(module), attribute)
    return function


def _module(name: str) -> ModuleType:
    """The module without what the packages around it load: an application's package brings all its
    pages and tables along (1 s and more), and a reader needs none of them.

    A child calls one function and ends, so that nobody misses the packages' own contents; a
    module that does need them is imported as usual.
    """
    known = set(sys.modules)
    parts = name.split(".")
    for end in range(1, len(parts)):
        _bare_package(".".join(parts[:end]))
    try:
        return importlib.import_module(name)
    except (ImportError, AttributeError):
        for new in set(sys.modules) - known:
            del sys.modules[new]
        return importlib.import_module(name)


def _bare_package(name: str) -> None:
    if name in sys.modules:
        return
    spec = importlib.util.find_spec(name)
    if spec is None or spec.submodule_search_locations is None:
        return
    package = importlib.util.module_from_spec(spec)
    sys.modules[name] = package
    parent, _, last = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], last, package)


def _detach(folder: str) -> None:
    """Own group, own folder, no terminal, no variables (they hold our secrets)."""
    os.setsid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    os.chdir(folder)
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    os.environ.clear()
    os.environ.update(kept, TMPDIR=folder, HOME=folder, OMP_THREAD_LIMIT="1")
    tempfile.tempdir = folder
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)


def _limit(limits: Mapping[str, Any]) -> None:
    cpu = int(limits["cpu_s"])
    _set(resource.RLIMIT_AS, int(limits["memory_mb"]) * MEBIBYTE)
    _set(resource.RLIMIT_CPU, cpu, cpu + 5)
    _set(resource.RLIMIT_FSIZE, int(limits["file_mb"]) * MEBIBYTE)
    _set(resource.RLIMIT_NOFILE, int(limits["open_files"]))
    _set(resource.RLIMIT_CORE, 0)
    # The kernel counts all processes of the user, so the limit is what runs now and some more.
    _set(resource.RLIMIT_NPROC, _running_tasks() + int(limits["processes"]))


def _set(kind: int, soft: int, hard: int | None = None) -> None:
    """Lower a limit; a hard limit of the machine that is lower already stays."""
    wanted = soft if hard is None else hard
    _, ceiling = resource.getrlimit(kind)
    if ceiling != resource.RLIM_INFINITY:
        soft, wanted = min(soft, ceiling), min(wanted, ceiling)
    resource.setrlimit(kind, (soft, wanted))


def _running_tasks() -> int:
    """Threads of this user, as RLIMIT_NPROC counts them."""
    uid, tasks = os.getuid(), 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if entry.stat().st_uid == uid:
                tasks += len(os.listdir(entry / "task"))
        except OSError:
            continue
    return tasks


def refuse_dangerous_calls() -> bool:
    """Seccomp: no sockets but local ones, no calls that a reader never needs.

    Returns False where the kernel or libseccomp does not offer it (the health page says so).
    """
    try:
        import pyseccomp as seccomp
    except (ImportError, OSError, RuntimeError):
        return False
    try:
        rules = seccomp.SyscallFilter(seccomp.ALLOW)
        refused = seccomp.ERRNO(errno.EPERM)
        local = int(socket.AF_UNIX)
        rules.add_rule(refused, "socket", seccomp.Arg(0, seccomp.NE, local))
        for call in REFUSED_CALLS:
            try:
                rules.add_rule(refused, call)
            except (ValueError, RuntimeError, OSError):
                continue  # a call that this kernel or architecture does not know
        rules.load()
    except (ValueError, RuntimeError, OSError):
        return False
    return True


def socket_is_refused() -> bool:
    """For `network_blocked`: try to open a network socket, from within the child."""
    try:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()
    except PermissionError:
        return True
    return False
