/* The limit: processes started by posix_spawn, each with its own directory and output file, a fixed number at a time, and nothing else.
   bare_loop DIRECTORY COUNT SLOTS PROGRAM [ARGUMENT...]
   Prints: seconds in all, seconds until the last was started, own CPU seconds, CPU seconds of the children. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu(int who)
{
    struct rusage u;
    getrusage(who, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void fail(const char *what, int error)
{
    fprintf(stderr, "bare_loop: %s: %s\n", what, strerror(error));
    exit(1);
}

static void start(const char *root, int number, char **command)
{
    char directory[4096], output[4200];
    snprintf(directory, sizeof directory, "%s/%d", root, number);
    snprintf(output, sizeof output, "%s/job.out", directory);
    if (mkdir(directory, 0777) != 0)
        fail(directory, errno);
    int file = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0)
        fail(output, errno);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, file, 1);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    posix_spawn_file_actions_addchdir_np(&actions, directory);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    pid_t pid;
    int error = posix_spawn(&pid, command[0], &actions, &attributes, command, environ);
    if (error != 0)
        fail(command[0], error);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(file);
}

int main(int count, char **arguments)
{
    if (count < 5)
        return 2;
    signal(SIGCHLD, SIG_DFL);
    const char *root = arguments[1];
    int jobs = atoi(arguments[2]), slots = atoi(arguments[3]), running = 0, started = 0;
    double begin = now(), last = begin;
    while (started < jobs || running > 0)
    {
        while (started < jobs && running < slots)
        {
            start(root, started++, arguments + 4);
            running++;
            last = now();
        }
        int status;
        if (wait4(-1, &status, 0, NULL) > 0)
            running--;
    }
    printf("%.6f %.6f %.6f %.6f\n", now() - begin, last - begin, cpu(RUSAGE_SELF), cpu(RUSAGE_CHILDREN));
    return 0;
}
