// The compiled twin of codec.py: the same functions with the same results, tested together.
//
// Optional: build.py compiles it where there is a C compiler.
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { VERSION = 2 };  // raised with every change, here and in codec.py
enum { TEXT = 0x81, MASKED = 0x80, EXTENDED = 126, MAX_FRAME = 1024, MAX_DIGITS = 16 };

// The payload of a frame that fills `data` exactly: its offset, -1 for any other data.
static Py_ssize_t payload_of(const unsigned char *data, Py_ssize_t size) {
    if (size < 9 || size > MAX_FRAME || data[0] != TEXT || data[1] < MASKED) return -1;
    Py_ssize_t length = data[1] & 127, start = 6;
    if (length > EXTENDED) return -1;
    if (length == EXTENDED) {
        length = data[2] << 8 | data[3];
        start = 8;
        if (length < EXTENDED) return -1;
    }
    return length == size - start ? start : -1;
}

static PyObject *read_event(PyObject *module, PyObject *argument) {
    char *bytes;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(argument, &bytes, &size) < 0) return NULL;
    const unsigned char *data = (const unsigned char *)bytes;
    Py_ssize_t start = payload_of(data, size);
    if (start < 0) Py_RETURN_NONE;
    const unsigned char *mask = data + start - 4, *masked = data + start;
    Py_ssize_t length = size - start, at = 2;
    if ((masked[0] ^ mask[0]) != '4' || (masked[1] ^ mask[1]) != '2') Py_RETURN_NONE;
    long long number = 0;
    for (;; at++) {
        if (at == length || at > MAX_DIGITS + 2) Py_RETURN_NONE;
        int character = masked[at] ^ mask[at & 3];
        if (character == '[') break;
        if (character < '0' || character > '9') Py_RETURN_NONE;
        number = 10 * number + character - '0';
    }
    PyObject *array = PyBytes_FromStringAndSize(NULL, length - at);
    if (!array) return NULL;
    char *text = PyBytes_AS_STRING(array);
    for (Py_ssize_t i = at; i < length; i++) *text++ = (char)(masked[i] ^ mask[i & 3]);
    PyObject *asked = at == 2 ? Py_NewRef(Py_None) : PyLong_FromLongLong(number);
    PyObject *event = asked ? PyTuple_New(2) : NULL;
    if (!event) {
        Py_XDECREF(asked);
        Py_DECREF(array);
        return NULL;
    }
    PyTuple_SET_ITEM(event, 0, asked);
    PyTuple_SET_ITEM(event, 1, array);
    return event;
}

static PyObject *ack_frame(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
    if (count != 2 || !PyBytes_Check(arguments[1])) {
        PyErr_SetString(PyExc_TypeError, "ack_frame(number, array)");
        return NULL;
    }
    long long number = PyLong_AsLongLong(arguments[0]);
    if (number == -1 && PyErr_Occurred()) return NULL;
    char head[32];
    size_t digits = (size_t)sprintf(head, "43%lld", number), size = (size_t)PyBytes_GET_SIZE(arguments[1]);
    size_t length = digits + size, start = length < EXTENDED ? 2 : length < 65536 ? 4 : 10;
    PyObject *frame = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(start + length));
    if (!frame) return NULL;
    unsigned char *out = (unsigned char *)PyBytes_AS_STRING(frame);
    out[0] = TEXT;
    out[1] = (unsigned char)(start == 2 ? length : start == 4 ? 126 : 127);
    for (size_t i = 2; i < start; i++) out[i] = (unsigned char)(length >> 8 * (start - 1 - i));
    memcpy(out + start, head, digits);
    memcpy(out + start + digits, PyBytes_AS_STRING(arguments[1]), size);
    return frame;
}

// Keeps the GIL, because a non-blocking write is shorter than giving it away and taking it again.
static PyObject *write_now(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
    if (count != 2 || !PyBytes_Check(arguments[1])) {
        PyErr_SetString(PyExc_TypeError, "write_now(fd, data)");
        return NULL;
    }
    int fd = (int)PyLong_AsLong(arguments[0]);
    if (fd == -1 && PyErr_Occurred()) return NULL;
    ssize_t sent = write(fd, PyBytes_AS_STRING(arguments[1]), (size_t)PyBytes_GET_SIZE(arguments[1]));
    return PyLong_FromSsize_t(sent < 0 ? 0 : sent);
}

static PyObject *enter_task, *leave_task, *current_task;  // of asyncio

static int call(PyObject *function, PyObject *loop, PyObject *task) {
    PyObject *arguments[] = {loop, task}, *result = PyObject_Vectorcall(function, arguments, 2, NULL);
    Py_XDECREF(result);
    return result ? 0 : -1;
}

// Enters `task`; where another one is current, leaves that first and keeps it in `outer`.
static int enter(PyObject *loop, PyObject *task, PyObject **outer) {
    PyObject *current = PyObject_CallOneArg(current_task, loop);
    if (!current) return -1;
    if (current == Py_None) {
        Py_DECREF(current);
    } else {
        *outer = current;
        if (call(leave_task, loop, current) < 0) return -1;
    }
    return call(enter_task, loop, task);
}

static PyObject *first_step(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
    if (count != 4 || !PyCoro_CheckExact(arguments[2])) {
        PyErr_SetString(PyExc_TypeError, "first_step(loop, task, coroutine, suspended)");
        return NULL;
    }
    PyObject *loop = arguments[0], *task = arguments[1], *work = arguments[2], *outer = NULL, *value = NULL;
    PyObject *type, *error, *trace, *context = PyContext_CopyCurrent();
    PySendResult sent = PYGEN_ERROR;
    if (context && enter(loop, task, &outer) == 0) {
        if (PyContext_Enter(context) == 0) {
            sent = PyIter_Send(work, Py_None, &value);
            PyErr_Fetch(&type, &error, &trace);
            PyContext_Exit(context);
        } else {
            PyErr_Fetch(&type, &error, &trace);
        }
        // These two cannot fail: `task` is the current one, and then none is.
        if (call(leave_task, loop, task) < 0 || (outer && call(enter_task, loop, outer) < 0)) PyErr_Clear();
        PyErr_Restore(type, error, trace);
    }
    if (sent == PYGEN_NEXT) {
        PyObject *kept = PyObject_CallFunctionObjArgs(arguments[3], work, context, value, NULL);
        Py_SETREF(value, kept);
    }
    Py_XDECREF(outer);
    Py_XDECREF(context);
    return value;
}

static PyMethodDef methods[] = {
    {"first_step", (PyCFunction)(void (*)(void))first_step, METH_FASTCALL, NULL},
    {"read_event", read_event, METH_O, NULL},
    {"ack_frame", (PyCFunction)(void (*)(void))ack_frame, METH_FASTCALL, NULL},
    {"write_now", (PyCFunction)(void (*)(void))write_now, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "_codec", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit__codec(void) {
    PyObject *asyncio = PyImport_ImportModule("asyncio");
    if (!asyncio) return NULL;
    enter_task = PyObject_GetAttrString(asyncio, "_enter_task");
    leave_task = PyObject_GetAttrString(asyncio, "_leave_task");
    current_task = PyObject_GetAttrString(asyncio, "current_task");
    Py_DECREF(asyncio);
    if (!enter_task || !leave_task || !current_task) return NULL;
    PyObject *module = PyModule_Create(&definition);
    if (module && PyModule_AddIntConstant(module, "VERSION", VERSION) < 0) Py_CLEAR(module);
    return module;
}
