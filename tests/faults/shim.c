/* Stands between a program and the C library: counts the calls that change what lies below one folder (and, if asked to,
 * what goes over a socket), and at the n-th of them kills the process, or lets it and all later ones fail.
 * Built and loaded by tests/faults/injection.py (LD_PRELOAD); armed by the process itself, after it forked. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BEFORE = 1, TORN = 2, AFTER = 3, FAIL = 4 };
struct shared { atomic_long calls; };
static struct shared *shared;
static long at;
static int mode, error_number, with_sockets;
static char root[4096];

__attribute__((constructor)) static void begin(void) {
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    unsetenv("LD_PRELOAD");
}
void fault_arm(long n, int how, int number, int sockets, const char *folder) {
    atomic_store(&shared->calls, 0);
    at = n, error_number = number, with_sockets = sockets;
    snprintf(root, sizeof root, "%s/", folder);
    mode = how;
}
void fault_rest(void) { mode = 0; }
long fault_calls(void) { return atomic_load(&shared->calls); }

static int is_below(const char *path) { return strncmp(path, root, strlen(root)) == 0; }
static int is_ours(int fd) {
    char name[64], target[4096];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(name, target, sizeof target - 2);
    if (length < 0) return 0;
    target[length] = '/', target[length + 1] = 0;
    return is_below(target) || (with_sockets && strncmp(target, "socket:", 7) == 0);
}
static int is_ours_at(int folder, const char *path) {
    return path[0] == '/' ? is_below(path) : folder != AT_FDCWD && is_ours(folder);
}
static void die(void) { kill(getpid(), SIGKILL); for (;;) pause(); }
/* 0: nothing; else what to do with this call */
static int hit(int ours) {
    if (!mode || !ours) return 0;
    long n = atomic_fetch_add(&shared->calls, 1) + 1;
    return mode == FAIL ? (n >= at ? FAIL : 0) : (n == at ? mode : 0);
}
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define AROUND(ours, failed, torn, call)                                        \
    switch (hit(ours)) {                                                        \
    case BEFORE: die();                                                         \
    case TORN: torn; die();                                                     \
    case AFTER: call; die();                                                    \
    case FAIL: errno = error_number; return failed;                             \
    }                                                                           \
    return call;

ssize_t write(int fd, const void *b, size_t n) { __typeof__(&write) f = REAL(write); AROUND(is_ours(fd), -1, f(fd, b, n / 2), f(fd, b, n)) }
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) { __typeof__(&pwrite) f = REAL(pwrite); AROUND(is_ours(fd), -1, f(fd, b, n / 2, o), f(fd, b, n, o)) }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) { __typeof__(&pwrite64) f = REAL(pwrite64); AROUND(is_ours(fd), -1, f(fd, b, n / 2, o), f(fd, b, n, o)) }
ssize_t sendfile(int t, int s, off_t *o, size_t n) { __typeof__(&sendfile) f = REAL(sendfile); AROUND(is_ours(t), -1, f(t, s, o, n / 2), f(t, s, o, n)) }
ssize_t sendfile64(int t, int s, off64_t *o, size_t n) { __typeof__(&sendfile64) f = REAL(sendfile64); AROUND(is_ours(t), -1, f(t, s, o, n / 2), f(t, s, o, n)) }
ssize_t send(int fd, const void *b, size_t n, int g) { __typeof__(&send) f = REAL(send); AROUND(with_sockets && is_ours(fd), -1, f(fd, b, n / 2, g), f(fd, b, n, g)) }
ssize_t recv(int fd, void *b, size_t n, int g) { __typeof__(&recv) f = REAL(recv); AROUND(with_sockets && is_ours(fd), -1, 0, f(fd, b, n, g)) }
int fsync(int fd) { __typeof__(&fsync) f = REAL(fsync); AROUND(is_ours(fd), -1, f(fd), f(fd)) }
int fdatasync(int fd) { __typeof__(&fdatasync) f = REAL(fdatasync); AROUND(is_ours(fd), -1, f(fd), f(fd)) }
int syncfs(int fd) { __typeof__(&syncfs) f = REAL(syncfs); AROUND(is_ours(fd), -1, f(fd), f(fd)) }
int ftruncate(int fd, off_t n) { __typeof__(&ftruncate) f = REAL(ftruncate); AROUND(is_ours(fd), -1, f(fd, n), f(fd, n)) }
int ftruncate64(int fd, off64_t n) { __typeof__(&ftruncate64) f = REAL(ftruncate64); AROUND(is_ours(fd), -1, f(fd, n), f(fd, n)) }
int rename(const char *a, const char *b) { __typeof__(&rename) f = REAL(rename); AROUND(is_below(b), -1, f(a, b), f(a, b)) }
int renameat(int d, const char *a, int e, const char *b) { __typeof__(&renameat) f = REAL(renameat); AROUND(is_ours_at(e, b), -1, f(d, a, e, b), f(d, a, e, b)) }
int link(const char *a, const char *b) { __typeof__(&link) f = REAL(link); AROUND(is_below(b), -1, f(a, b), f(a, b)) }
int unlink(const char *a) { __typeof__(&unlink) f = REAL(unlink); AROUND(is_below(a), -1, f(a), f(a)) }
int unlinkat(int d, const char *a, int g) { __typeof__(&unlinkat) f = REAL(unlinkat); AROUND(is_ours_at(d, a), -1, f(d, a, g), f(d, a, g)) }
int mkdir(const char *a, mode_t m) { __typeof__(&mkdir) f = REAL(mkdir); AROUND(is_below(a), -1, f(a, m), f(a, m)) }
int mkdirat(int d, const char *a, mode_t m) { __typeof__(&mkdirat) f = REAL(mkdirat); AROUND(is_ours_at(d, a), -1, f(d, a, m), f(d, a, m)) }
#define OPEN(name)                                                                                                     \
    int name(const char *a, int g, ...) {                                                                              \
        va_list rest; va_start(rest, g); int m = va_arg(rest, int); va_end(rest);                                      \
        __typeof__(&name) f = REAL(name);                                                                              \
        AROUND((g & O_CREAT) && is_below(a), -1, f(a, g, m), f(a, g, m))                                               \
    }
#define OPENAT(name)                                                                                                   \
    int name(int d, const char *a, int g, ...) {                                                                       \
        va_list rest; va_start(rest, g); int m = va_arg(rest, int); va_end(rest);                                      \
        __typeof__(&name) f = REAL(name);                                                                              \
        AROUND((g & O_CREAT) && is_ours_at(d, a), -1, f(d, a, g, m), f(d, a, g, m))                                    \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
