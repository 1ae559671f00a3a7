// The load client's side of the wire: the websocket handshake and frames of RFC 6455.
#pragma once
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TEXT = 1, CLOSE = 8, PING = 9, PONG = 10 };

typedef struct {
    int opcode;
    size_t size;
    const char *text;
} Frame;

// Ends the run: it says why on stderr and exits with 2.
static void fail(const char *why, ...) {
    va_list args;
    va_start(args, why);
    fputs("load: ", stderr);
    vfprintf(stderr, why, args);
    fputc('\n', stderr);
    va_end(args);
    exit(2);
}

// Writes all of it, waiting for room at most 10 s.
static void write_all(int fd, const void *data, size_t size) {
    const char *at = data;
    while (size) {
        ssize_t wrote = send(fd, at, size, MSG_NOSIGNAL);
        if (wrote >= 0) {
            at += wrote;
            size -= (size_t)wrote;
        } else if (errno == EAGAIN) {
            struct pollfd room = {.fd = fd, .events = POLLOUT};
            if (poll(&room, 1, 10000) != 1) fail("the server reads nothing");
        } else if (errno != EINTR) {
            fail("cannot write: %s", strerror(errno));
        }
    }
}

// Connects to the loopback port and asks for a websocket; the answer is read later, without blocking.
static int open_websocket(int port, const char *path) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    if (fd < 0) fail("no socket: %s", strerror(errno));
    if (connect(fd, (struct sockaddr *)&address, sizeof address)) fail("port %d: %s", port, strerror(errno));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    char request[512];
    int size = snprintf(request, sizeof request,
                        "GET %s?EIO=4&transport=websocket HTTP/1.1\r\n"
                        "Host: 127.0.0.1:%d\r\n"
                        "Connection: Upgrade\r\n"
                        "Upgrade: websocket\r\n"
                        "Sec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: a29uZWt0b3ItbG9hZC0xMg==\r\n\r\n",
                        path, port);
    write_all(fd, request, (size_t)size);
    return fd;
}

// How many bytes the handshake's answer takes; 0 when it is not complete yet.
static size_t handshake_answer(const char *data, size_t have) {
    const char *end = memmem(data, have, "\r\n\r\n", 4);
    if (!end) return 0;
    if (have < 12 || memcmp(data + 9, "101", 3)) fail("no websocket: %.*s", 60, data);
    return (size_t)(end - data) + 4;
}

// Sends one masked frame. The mask is zero, which is as good a mask as any on loopback.
static void send_frame(int fd, int opcode, const char *text, size_t size) {
    unsigned char small[2048], *frame = size + 14 > sizeof small ? malloc(size + 14) : small;
    size_t head = 2;
    frame[0] = (unsigned char)(0x80 | opcode);
    if (size < 126) {
        frame[1] = (unsigned char)(0x80 | size);
    } else if (size < 65536) {
        frame[1] = 0x80 | 126;
        frame[head++] = (unsigned char)(size >> 8);
        frame[head++] = (unsigned char)size;
    } else {
        fail("a packet of %zu bytes is more than a server takes", size);
    }
    memset(frame + head, 0, 4);
    memcpy(frame + head + 4, text, size);
    write_all(fd, frame, head + 4 + size);
    if (frame != small) free(frame);
}

// Reads the first frame of `data`: how many bytes it takes, 0 when it is not complete yet.
static size_t next_frame(const unsigned char *data, size_t have, Frame *frame) {
    if (have < 2) return 0;
    size_t size = data[1] & 127, head = 2, wide = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (have < head + wide) return 0;
    if (wide) {
        size = 0;
        for (size_t i = 0; i < wide; i++) size = size << 8 | data[head + i];
        head += wide;
    }
    if (have < head + size) return 0;
    *frame = (Frame){.opcode = data[0] & 15, .size = size, .text = (const char *)data + head};
    return head + size;
}
