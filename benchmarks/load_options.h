// What a run of the load client is to do, read from the command line.
#pragma once
#include <getopt.h>

#include "load_wire.h"

enum { MOST_PORTS = 64, RING = 1 << 14 };  // RING: room for the messages in flight
typedef enum { FANOUT, ACK, IDLE } Mode;

static struct {
    Mode mode;
    int clients, senders, window, burst;
    double seconds, warm, timeout;
    int ports[MOST_PORTS], ports_count, pids[MOST_PORTS], pids_count;
    const char *path, *event, *join, *emit;
    char **tokens, **texts;
    int tokens_count, texts_count;
} plan = {.clients = 100, .senders = 1, .window = 1, .burst = 64, .seconds = 3, .timeout = 20, .path = "/socket.io/",
          .event = "message:new", .emit = "[\"echo\",{}]"};

static int numbers(char *list, int *into) {
    int count = 0;
    for (char *item = strtok(list, ","); item && count < MOST_PORTS; item = strtok(NULL, ",")) into[count++] = atoi(item);
    return count;
}

// The lines of a file that are not empty, at least one.
static char **read_lines(const char *path, int *count) {
    FILE *file = fopen(path, "r");
    if (!file) fail("%s: %s", path, strerror(errno));
    char *line = NULL, **lines = NULL;
    size_t room = 0;
    while (getline(&line, &room, file) > 0) {
        line[strcspn(line, "\r\n")] = 0;
        if (!*line) continue;
        lines = realloc(lines, (size_t)(*count + 1) * sizeof *lines);
        lines[(*count)++] = strdup(line);
    }
    free(line);
    fclose(file);
    if (!*count) fail("%s is empty", path);
    return lines;
}

static Mode mode_named(const char *name) {
    const char *names[] = {"fanout", "ack", "idle"};
    for (int i = 0; i < 3; i++) if (!strcmp(name, names[i])) return (Mode)i;
    fail("--mode is fanout, ack or idle, not %s", name);
    return IDLE;
}

static void read_options(int count, char **words) {
    enum { MODE, PORT, PID, CLIENTS, SENDERS, WINDOW, BURST, SECONDS, WARM, TIMEOUT, TOKENS, TEXTS, JOIN, EMIT, EVENT, PATH };
    const char *names[] = {"mode", "port", "pid", "clients", "senders", "window", "burst", "seconds", "warm", "timeout",
                           "tokens", "texts", "join", "emit", "event", "path"};
    struct option options[PATH + 2] = {{0}};
    for (int i = 0; i <= PATH; i++) options[i] = (struct option){names[i], required_argument, NULL, i};
    for (int option; (option = getopt_long(count, words, "", options, NULL)) != -1;) switch (option) {
        case MODE: plan.mode = mode_named(optarg); break;
        case PORT: plan.ports_count = numbers(optarg, plan.ports); break;
        case PID: plan.pids_count = numbers(optarg, plan.pids); break;
        case CLIENTS: plan.clients = atoi(optarg); break;
        case SENDERS: plan.senders = atoi(optarg); break;
        case WINDOW: plan.window = atoi(optarg); break;
        case BURST: plan.burst = atoi(optarg); break;
        case SECONDS: plan.seconds = atof(optarg); break;
        case WARM: plan.warm = atof(optarg); break;
        case TIMEOUT: plan.timeout = atof(optarg); break;
        case TOKENS: plan.tokens = read_lines(optarg, &plan.tokens_count); break;
        case TEXTS: plan.texts = read_lines(optarg, &plan.texts_count); break;
        case JOIN: plan.join = optarg; break;
        case EMIT: plan.emit = optarg; break;
        case EVENT: plan.event = optarg; break;
        case PATH: plan.path = optarg; break;
        default: exit(2);
    }
    if (!plan.ports_count) fail("--port is missing");
    if (plan.clients < 1 || plan.window < 1 || plan.window >= RING || plan.burst < 1) fail("a number is out of range");
    if (plan.senders < 1 || plan.senders > plan.clients) fail("--senders is from 1 to --clients");
    if (strlen(plan.emit) > 8000 || strlen(plan.event) > 100) fail("--emit or --event is too long");
}
