// A load client for Socket.IO servers: one epoll loop, websocket only, loopback only.
//
//   cc -O2 -o load load.c && ./load --mode ack --port 8080 --pid 4711 --clients 100 --emit '["echo",{}]'
//
// Every client connects, shows its token if there is one, and emits --join with an ack if there is one. Then
//   fanout  --senders clients in turn emit --emit, --window messages are in flight; a message is complete when every
//           client has heard one --event more. A unit is a delivery; the latency is from the emit to the last delivery.
//   ack     every client has one --emit with an ack in flight. A unit is an ack; the latency is that of the ack.
//   idle    the clients stay for --seconds. A unit is a connection.
// The first --warm seconds of load are not measured, the --seconds after them are (more, until a window is complete).
// Every %d in --emit becomes a number of eight digits, which grows and is no other client's; every %s the client's line
// of the file --texts. --port and --pid take lists
// with commas: clients are dealt over the ports, CPU and memory are added up.
// One line of JSON goes to stdout. Exit 0; 1 when acks had "ok":false; 2 when something failed or stood still for
// --timeout seconds, with the reason on stderr.
#define _GNU_SOURCE
#include <sys/epoll.h>
#include <sys/resource.h>

#include "load_options.h"
#include "load_usage.h"
#include "load_wire.h"

enum { EVENTS = 512, CHUNK = 1 << 18 };
typedef enum { UPGRADING, OPENING, CONNECTING, JOINING, READY } Phase;

typedef struct {
    int fd;
    Phase phase;
    char *rest;      // the beginning of a frame whose end has not come yet
    size_t rest_size;
    long heard;      // messages heard, in fanout
    long emitted;    // how often it has emitted
    double asked;    // when the ack in flight was asked for
} Client;

static Client *clients;
static int poller, opened, ready;
static char marker[128];                     // how a packet with --event begins
static long sent, complete, units, refused;  // messages sent and heard by all; what has been measured
static int arrivals[RING];                   // of each message in flight: how many clients have heard it
static double emitted[RING];                 // and when it was emitted
static double *delays;
static size_t delays_count, delays_room;

// Every %d of --emit is the same number: those of the nth client are n, n + clients, n + 2 clients, …; every %s is the
// nth text.
static void emit(Client *client) {
    char packet[8192] = "421";
    size_t size = 3;
    long number = (client - clients) + client->emitted++ * plan.clients;
    const char *from = plan.emit;
    const char *text = plan.texts ? plan.texts[(client - clients) % plan.texts_count] : "";
    for (const char *hole; (hole = strchr(from, '%')) && (hole[1] == 'd' || hole[1] == 's'); from = hole + 2) {
        size += (size_t)snprintf(packet + size, sizeof packet - size, "%.*s", (int)(hole - from), from);
        if (hole[1] == 'd') size += (size_t)snprintf(packet + size, sizeof packet - size, "%08ld", number);
        else size += (size_t)snprintf(packet + size, sizeof packet - size, "%s", text);
    }
    size += (size_t)snprintf(packet + size, sizeof packet - size, "%s", from);
    send_frame(client->fd, TEXT, packet, size);
}

static void emit_next_message(void) {
    emitted[sent % RING] = now();
    arrivals[sent % RING] = 0;
    emit(&clients[sent++ % plan.senders]);
}

static void ask(Client *client) {
    client->asked = now();
    emit(client);
}

static void note_delay(double seconds) {
    if (delays_count == delays_room) {
        delays_room = delays_room ? 2 * delays_room : 4096;
        delays = realloc(delays, delays_room * sizeof *delays);
        if (!delays) fail("no memory");
    }
    delays[delays_count++] = seconds;
}

static void hear(Client *client) {
    long message = client->heard++;
    if (message >= sent) fail("client %ld heard more messages than were sent", (long)(client - clients));
    units++;
    if (++arrivals[message % RING] < plan.clients) return;
    note_delay(now() - emitted[message % RING]);
    complete++;
    emit_next_message();
}

static void take_ack(Client *client, const Frame *frame) {
    if (memmem(frame->text, frame->size, "\"ok\":false", 10) && !refused++)
        fprintf(stderr, "load: refused: %.*s\n", (int)frame->size, frame->text);
    if (plan.mode != ACK) return;
    units++;
    note_delay(now() - client->asked);
    ask(client);
}

static void become_ready(Client *client) {
    client->phase = READY;
    ready++;
}

static int begins(const Frame *frame, const char *text) {
    size_t size = strlen(text);
    return frame->size >= size && !memcmp(frame->text, text, size);
}

// The next step of a client that is not ready yet.
static void greet(Client *client, const Frame *frame) {
    char packet[4096] = "40";
    if (client->phase == OPENING && begins(frame, "0")) {
        if (plan.tokens_count)
            snprintf(packet, sizeof packet, "40{\"token\":\"%s\"}", plan.tokens[(client - clients) % plan.tokens_count]);
        send_frame(client->fd, TEXT, packet, strlen(packet));
        client->phase = CONNECTING;
    } else if (client->phase == CONNECTING && begins(frame, "40")) {
        if (!plan.join) return become_ready(client);
        snprintf(packet, sizeof packet, "420%s", plan.join);
        send_frame(client->fd, TEXT, packet, strlen(packet));
        client->phase = JOINING;
    } else if (client->phase == JOINING && begins(frame, "430")) {
        if (memmem(frame->text, frame->size, "\"ok\":false", 10)) fail("no entry: %.*s", (int)frame->size, frame->text);
        become_ready(client);
    }
}

static void receive(Client *client, const Frame *frame) {
    if (frame->opcode == CLOSE) fail("the server closed a connection (%d ready, %ld units)", ready, units);
    if (frame->opcode == PING) send_frame(client->fd, PONG, frame->text, frame->size);
    if (frame->opcode != TEXT) return;
    if (begins(frame, "44")) fail("refused: %.*s", (int)frame->size, frame->text);
    if (frame->size == 1 && *frame->text == '2') send_frame(client->fd, TEXT, "3", 1);
    else if (client->phase != READY) greet(client, frame);
    else if (begins(frame, "431")) take_ack(client, frame);
    else if (plan.mode == FANOUT && sent && begins(frame, marker)) hear(client);
}

// Reads what has come and takes it frame by frame; what is left of a frame waits for the rest.
static void read_from(Client *client) {
    static unsigned char buffer[CHUNK + (1 << 20)];
    if (client->rest_size) memcpy(buffer, client->rest, client->rest_size);
    ssize_t got = read(client->fd, buffer + client->rest_size, CHUNK);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) fail("a connection was lost (%d ready, %ld units)", ready, units);
    size_t have = client->rest_size + (size_t)got, at = 0, step;
    if (client->phase == UPGRADING && (at = handshake_answer((char *)buffer, have))) client->phase = OPENING;
    Frame frame;
    while (client->phase != UPGRADING && (step = next_frame(buffer + at, have - at, &frame))) {
        at += step;
        receive(client, &frame);
    }
    client->rest_size = have - at;
    if (client->rest_size > 1 << 20) fail("a frame of more than 1 MiB");
    free(client->rest);
    client->rest = client->rest_size ? memcpy(malloc(client->rest_size), buffer + at, client->rest_size) : NULL;
}

static void open_some(void) {
    for (; opened < plan.clients && opened - ready < plan.burst; opened++) {
        Client *client = &clients[opened];
        client->fd = open_websocket(plan.ports[opened % plan.ports_count], plan.path);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
        if (epoll_ctl(poller, EPOLL_CTL_ADD, client->fd, &event)) fail("epoll: %s", strerror(errno));
    }
}

// Serves all clients until `until`, or until all are ready when that is 0.
static void serve(double until) {
    struct epoll_event events[EVENTS];
    double lively = now();
    while (until ? now() < until : ready < plan.clients) {
        open_some();
        int count = epoll_wait(poller, events, EVENTS, 20);
        for (int i = 0; i < count; i++) read_from(events[i].data.ptr);
        if (count > 0) lively = now();
        else if ((!until || sent || plan.mode == ACK) && now() - lively > plan.timeout)
            fail("stood still: %d of %d ready, %ld messages complete, %ld units", ready, plan.clients, complete, units);
    }
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double delay_ms(double share) {
    return delays_count ? delays[(size_t)(share * (double)(delays_count - 1))] * 1e3 : 0;
}

static void stay_idle(double began, double cpu, double memory) {
    double connected = now(), cpu_each = (total(cpu_of, plan.pids, plan.pids_count) - cpu) * 1e6 / plan.clients;
    serve(now() + plan.seconds);
    double kib_each = (total(memory_of, plan.pids, plan.pids_count) - memory) / 1024 / plan.clients;
    printf("{\"mode\":\"idle\",\"clients\":%d,\"connects_per_s\":%.0f,\"cpu_us\":%.1f,\"kib_each\":%.2f}\n", plan.clients,
           plan.clients / (connected - began), cpu_each, kib_each);
}

// Goes on for so long, and longer while not one window of messages is complete, for a server that is slow and bursty.
static void serve_for(double seconds) {
    double end = now() + seconds, latest = end + plan.timeout;
    long goal = complete + (plan.mode == FANOUT && seconds > 0 ? plan.window : 0);
    serve(end);
    while (complete < goal && now() < latest) serve(now() + 0.05);
}

static void load_it(void) {
    serve(now() + 0.5);  // the last joins are heard before the load begins
    if (plan.mode == ACK) for (int i = 0; i < plan.clients; i++) ask(&clients[i]);
    else for (int i = 0; i < plan.window; i++) emit_next_message();
    serve_for(plan.warm);
    units = refused = 0;
    delays_count = 0;
    double began = now(), cpu = total(cpu_of, plan.pids, plan.pids_count);
    serve_for(plan.seconds);
    double took = now() - began;
    cpu = total(cpu_of, plan.pids, plan.pids_count) - cpu;
    if (!units) fail("nothing was delivered");
    qsort(delays, delays_count, sizeof *delays, by_size);
    printf("{\"mode\":\"%s\",\"clients\":%d,\"senders\":%d,\"window\":%d,\"units\":%ld,\"refused\":%ld,\"per_s\":%.1f,"
           "\"cpu_us\":%.3f,\"cpu_share\":%.3f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f,\"rss_mib\":%.1f}\n",
           plan.mode == ACK ? "ack" : "fanout", plan.clients, plan.senders, plan.window, units, refused,
           (double)units / took, cpu * 1e6 / (double)units, cpu / took, delay_ms(.5), delay_ms(.99), delay_ms(1),
           total(memory_of, plan.pids, plan.pids_count) / 1048576);
}

int main(int count, char **words) {
    read_options(count, words);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    clients = calloc((size_t)plan.clients, sizeof *clients);
    poller = epoll_create1(0);
    snprintf(marker, sizeof marker, "42[\"%s\"", plan.event);
    double began = now(), cpu = total(cpu_of, plan.pids, plan.pids_count);
    double memory = total(memory_of, plan.pids, plan.pids_count);
    serve(0);
    if (plan.mode == IDLE) stay_idle(began, cpu, memory);
    else load_it();
    return refused ? 1 : 0;
}
