"""What strace writes is read rightly; lines as its versions 6.1 and 6.13 write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.offline.tracing import Call, calls, changed, outside

HERE = Path("/here")


def reached(line: str) -> list[str]:
    (call,) = calls(line)
    return list(outside(call))


def touched(*lines: str) -> list[str]:
    return [path.as_posix() for path in changed(list(calls("\n".join(lines))), HERE)]


def test_calls_that_others_interrupt_are_put_together() -> None:
    text = """\
7  connect(3<socket:[1]>, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("9.9.9.9")}, 16 <unfinished ...>
8     mkdir("a", 0777 <unfinished ...>
7  <... connect resumed>)             = -1 EINPROGRESS (Operation now in progress)
9  --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=3, si_uid=0, si_status=0} ---
8  <... mkdir resumed>)               = 0
8  sendto(4, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(5), sin_addr=inet_addr("9.9.9.8")}, 16 <unfinished ...>
8  +++ killed by SIGKILL +++
"""  # noqa: E501 (as strace writes it)
    first, second, last = calls(text)
    assert (first.name, first.failed, second) == ("connect", True, Call("mkdir", '"a", 0777', "0"))
    assert (last.name, last.outcome) == ("sendto", "?")
    assert [len(list(outside(call))) for call in (first, second, last)] == [1, 0, 1]


@pytest.mark.parametrize(
    "address",
    [
        '{sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("20.44.10.122")}',
        '{sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.53")}',
        '{sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("0.0.0.0")}',
        '{sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), '
        'inet_pton(AF_INET6, "2603::1", &sin6_addr), sin6_scope_id=0}',
        '{sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), '
        'inet_pton(AF_INET6, "::ffff:8.8.8.8", &sin6_addr), sin6_scope_id=0}',
        '{sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}',
        '{sa_family=AF_UNIX, sun_path="/run/systemd/resolve/io.systemd.Resolve"}',
        '{sa_family=AF_UNIX, sun_path=@"/tmp/dbus"}',
        "{sa_family=AF_VSOCK, svm_cid=VMADDR_CID_HOST, svm_port=0x1}",
        '{sa_family=AF_INET, sa_data="\\1\\273"}',
    ],
)  # fmt: skip
def test_others_are_told_from_this_program(address: str) -> None:
    assert len(reached(f"1 connect(3, {address}, 28) = 0")) == 1
    assert len(reached(f'1 sendto(3<UDP:[1]>, "\\1", 1, MSG_NOSIGNAL, {address}, 16) = 1')) == 1
    message = f'{{msg_hdr={{msg_name={address}, msg_namelen=16, msg_iov=[{{iov_base="a"}}]}}}}'
    assert len(reached(f"1 sendmmsg(3, [{message}, {message}], 2, 0) = 2")) == 2


@pytest.mark.parametrize(
    "line",
    [
        '1 connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}) = 0',  # noqa: E501 (likewise)
        '1 bind(3, {sa_family=AF_INET6, sin6_port=htons(0), sin6_flowinfo=htonl(0), '
        'inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = 0',
        '1 connect(3, {sa_family=AF_INET6, sin6_port=htons(9), '
        'inet_pton(AF_INET6, "::ffff:127.0.0.1", &sin6_addr)}, 28) = 0',
        "1 bind(3, {sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}, 12) = 0",
        "1 connect(3, {sa_family=AF_UNSPEC, sa_data=\"\"}, 16) = 0",
        '1 sendto(3, "\\1", 1, MSG_NOSIGNAL, NULL, 0) = 1',
        "1 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3",
        "1 socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, NETLINK_ROUTE) = 3",
        "1 io_uring_setup(8, 0x7f) = -1 ENOSYS (Function not implemented)",
    ],
)  # fmt: skip
def test_this_machine_is_no_other(line: str) -> None:
    assert reached(line) == []


@pytest.mark.parametrize(
    "line",
    [
        "1 socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) = 3",
        "1 socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL)) = 3",
        "1 io_uring_setup(8, {flags=0}) = 3<anon_inode:[io_uring]>",
    ],
)
def test_ways_round_are_seen(line: str) -> None:
    assert len(reached(line)) == 1


@pytest.mark.parametrize(
    ("line", "paths"),
    [
        ('1 openat(AT_FDCWD, "a/b", O_WRONLY|O_CREAT, 0666) = 3</here/a/b>', ["/here/a/b"]),
        ('1 openat(AT_FDCWD</there>, "a", O_RDWR) = 3</there/a>', ["/there/a"]),
        ('1 openat(AT_FDCWD, "a", O_RDONLY|O_CLOEXEC) = 3</here/a>', []),
        ('1 openat(AT_FDCWD, "/a", O_WRONLY) = -1 EACCES (Permission denied)', []),
        ('1 openat2(4</x>, "a", {flags=O_RDWR, resolve=0}, 24) = 5</x/a>', ["/x/a"]),
        ('1 mkdir("../\\303\\244 \\"b\\" > c", 0777) = 0', ['/ä "b" > c']),
        ('1 rename("a", "/b") = 0', ["/here/a", "/b"]),
        ('1 renameat2(AT_FDCWD, "a", 3</x>, "b", 0) = 0', ["/here/a", "/x/b"]),
        ('1 unlinkat(3</x/y>, "z", AT_REMOVEDIR) = 0', ["/x/y/z"]),
        ('1 symlink("/target", "/made") = 0', ["/made"]),
        ('1 symlinkat("target", 3</x>, "made") = 0', ["/x/made"]),
        ("1 fchmod(3</x/y>, 0600) = 0", ["/x/y"]),
        ("1 utimensat(3</x/y>, NULL, [UTIME_NOW, UTIME_NOW], 0) = 0", ["/x/y"]),
        ('1 setxattr("/x", "user.a", "b", 1, 0) = 0', ["/x"]),
        ('1 linkat(AT_FDCWD, "/a", AT_FDCWD, "/b", AT_SYMLINK_FOLLOW) = 0', ["/a", "/b"]),
        ("1 ftruncate(3</x/y>, 4096) = 0", ["/x/y"]),
    ],
)  # fmt: skip
def test_what_is_changed(line: str, paths: list[str]) -> None:
    assert touched(line) == paths


def test_whoever_goes_elsewhere_is_followed() -> None:
    assert touched('1 chdir("/x") = 0', '2 mkdir("a", 0777) = 0') == ["/here/a", "/x/a"]
    assert touched("1 fchdir(3</y>) = 0", '1 unlink("a") = 0') == ["/here/a", "/y/a"]
    assert touched('1 chdir("/x") = -1 ENOENT (No such)', '2 mkdir("a", 0777) = 0') == ["/here/a"]
