"""What a child may still do once it is shut in: compute, read the program's own code, and answer. Linux.

Each layer stands alone, and what one machine lacks another one covers:

- limits: address space, no core file, no file larger than what is read
- own uid (where the program runs as root): another user's files, processes and memory are none of its business
- Landlock: reads below the program's code and libraries, writes nowhere (or below its scratch folder alone)
- seccomp: no sockets, no other programs, no processes, no signals but its own abort, nothing is written or renamed
- no new privileges, whatever file it might execute

The names of the functions are those of the layers in docs/security.md.
"""

import ctypes
import errno
import importlib
import mimetypes
import os
import resource
import shutil
import signal
import site
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipelines.ground.home import ROOT
from pipelines.ground.settings import MIB, Settings

FIRST_UID = 1_900_000_000
"""Children's uids begin here, one a process: nobody's, and no two children the same."""
_NEW_NETWORK, _NEW_IPC = 0x40000000, 0x08000000
_DEATH_SIGNAL, _DUMPABLE, _NO_NEW_PRIVILEGES = 1, 4, 38
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Layer:
    """One way of shutting in; `shut` raises OSError, ImportError or RuntimeError where this machine has it not."""

    name: str
    shut: Callable[[Settings, Path | None], None]


def limits(settings: Settings, scratch: Path | None) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (settings.child_memory_bytes, settings.child_memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # What it reads and answers lies in anonymous files, which count as files here.
    largest = settings.max_inflated_bytes + MIB
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))


def no_new_privileges(settings: Settings, scratch: Path | None) -> None:
    _prctl(_NO_NEW_PRIVILEGES, 1)


def own_uid(settings: Settings, scratch: Path | None) -> None:
    """Only root can become somebody else; whoever is not root stays who they are."""
    if os.geteuid() != 0:
        return
    uid = FIRST_UID + os.getpid()
    if scratch:
        os.chown(scratch, uid, uid)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    # Becoming another user closes /proc/self, where its own anonymous files are.
    _prctl(_DUMPABLE, 1)


def landlock(settings: Settings, scratch: Path | None) -> None:
    from landlock import FSAccess, Ruleset

    rules = Ruleset()
    for path in readable_paths():
        is_folder = path.is_dir()
        seeing = FSAccess.READ_FILE | FSAccess.READ_DIR if is_folder else FSAccess.READ_FILE
        rules.allow(str(path), rules=seeing)
    rules.allow("/dev/null", rules=FSAccess.READ_FILE | FSAccess.WRITE_FILE)
    if scratch:
        rules.allow(str(scratch))
    rules.apply()


def readable_paths() -> list[Path]:
    """The program's code and what it is made of; nothing of the home, which may lie beside it."""
    code = [ROOT / "pipelines", ROOT / "notices", ROOT / "expectations"]
    roots = [sys.prefix, sys.base_prefix, *sysconfig.get_paths().values(), *site.getsitepackages(), *sys.path]
    machine = ["/usr/lib", "/usr/lib64", "/usr/share", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime"]
    machine.append("/dev/urandom")
    found = {Path(one).resolve() for one in (*roots, *machine, *mimetypes.knownfiles) if one}
    # The tree stands on the path as a whole; below it lies the home.
    return sorted(
        path for path in {*found, *code} if path.exists() and path not in ROOT.parents and path != ROOT
    )


def seccomp(settings: Settings, scratch: Path | None) -> None:
    import pyseccomp

    refuse = pyseccomp.ERRNO(errno.EPERM)
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    with suppress(OSError):
        rules.set_attr(
            pyseccomp.Attr.CTL_OPTIMIZE, 2
        )  # a tree of rules instead of a list, where the library can
    for name in _REFUSED if scratch else _REFUSED + _WRITING:
        _refuse(rules, refuse, name)
    for name in ("clone3", "openat2"):
        # The C library then takes the older call, whose flags a filter can see.
        _refuse(rules, pyseccomp.ERRNO(errno.ENOSYS), name)
    if not scratch:
        for name, place in (("open", 1), ("openat", 2)):
            for flag in (os.O_WRONLY, os.O_RDWR, os.O_CREAT):
                _refuse(rules, refuse, name, pyseccomp.Arg(place, pyseccomp.MASKED_EQ, flag, flag))
    # A thread is no process; the limits of another process are none of its business, nor may it loosen its own.
    _refuse(rules, refuse, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, 0x00010000, 0))
    _refuse(rules, refuse, "prlimit64", pyseccomp.Arg(2, pyseccomp.NE, 0))
    _refuse(rules, refuse, "tgkill", pyseccomp.Arg(2, pyseccomp.NE, signal.SIGABRT))
    rules.load()


def _refuse(rules: object, action: int, name: str, *conditions: object) -> None:
    """A system call that this architecture does not know needs no rule."""
    try:
        rules.add_rule(action, name, *conditions)  # type: ignore[attr-defined]
    except OSError as error:
        if error.errno not in (errno.EFAULT, errno.EINVAL, errno.EDOM, None):
            raise


_REFUSED = (
    *("socket", "connect", "bind", "listen", "accept", "accept4"),
    *("execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev", "kcmp"),
    *("kill", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open", "pidfd_send_signal", "pidfd_getfd"),
    *("setrlimit", "setpriority", "sched_setscheduler", "sched_setattr", "ioprio_set"),
    *("mount", "umount2", "move_mount", "open_tree", "fsopen", "pivot_root", "chroot", "unshare", "setns"),
    *("bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register"),
    *("add_key", "request_key", "keyctl", "init_module", "finit_module", "delete_module", "kexec_load", "reboot"),
    *("open_by_handle_at", "shmget", "shmat", "msgget", "semget", "mq_open"),
)  # fmt: skip
_WRITING = (
    *("creat", "truncate", "rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir", "mkdir", "mkdirat"),
    *("link", "linkat", "symlink", "symlinkat", "mknod", "mknodat", "utime", "utimes", "utimensat", "futimesat"),
    *("chmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchownat"),
    *("setxattr", "lsetxattr", "removexattr", "lremovexattr"),
)  # fmt: skip
LAYERS = (
    Layer("limits", limits),
    Layer("no_new_privileges", no_new_privileges),
    Layer("own_uid", own_uid),
    Layer("landlock", landlock),
    Layer("seccomp", seccomp),
)
"""In the order in which a child goes through them: each takes away what the next one does not need."""


def leave_network() -> bool:
    """The process has no network of the machine any more, nor has any it makes; False where only seccomp says so."""
    if os.geteuid() != 0:
        return False
    return int(_libc.unshare(_NEW_NETWORK | _NEW_IPC)) == 0


def die_with_parent() -> None:
    """Whoever started this process takes it along."""
    _prctl(_DEATH_SIGNAL, signal.SIGKILL)


def available(settings: Settings, scratch: Path | None) -> tuple[list[Layer], list[str]]:
    """The layers that hold here without shutting out the program's own code, and what the others say of themselves."""
    for library in ("landlock", "pyseccomp"):
        # Looking for the C library takes another program and a temporary file, which a child has neither of.
        with suppress(ImportError, OSError, RuntimeError):
            importlib.import_module(library)
    held: list[Layer] = []
    missing: list[str] = []
    for layer in LAYERS:
        said = _try([*held, layer], settings, scratch)
        if said is None:
            held.append(layer)
        else:
            missing.append(f"{layer.name}（{said}）")
    return held, missing


def own_folder(scratch: Path | None) -> Path | None:
    """A new child's folder for temporary files, in the one of all children."""
    return Path(tempfile.mkdtemp(dir=scratch)) if scratch else None


def _try(layers: list[Layer], settings: Settings, scratch: Path | None) -> str | None:
    """Goes through the layers in a process that ends at once; None where it can still read its own code after that, and write
    into a folder of its own."""
    reader, writer = os.pipe()
    own = own_folder(scratch)
    pid = os.fork()
    if pid == 0:
        said = b""
        try:
            for layer in layers:
                layer.shut(settings, own)
            if own:
                (own / "probe").write_bytes(b"")
            for path in (__file__, os.__file__, mimetypes.__file__):
                Path(path).read_bytes()
            os.listdir(Path(os.__file__).parent)
            os.close(os.memfd_create("probe"))
        except BaseException as error:
            said = f"{type(error).__name__}: {error}".encode()[:400] or b"?"
        os.write(writer, said)
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as file:
        said = file.read()
    _, status = os.waitpid(pid, 0)
    if own:
        shutil.rmtree(own)
    if said:
        return said.decode("utf-8", "replace")
    return f"状态 {status}" if status else None


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
