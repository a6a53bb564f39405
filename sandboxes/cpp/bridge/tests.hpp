// The tests' side of the call bridge: the stub's calls, and the report. Their own main is called from here.
#pragma once
#include <fcntl.h>

#include "bridge.hpp"

extern "C" int __real_main(int, char**);

namespace sandlot {

inline unsigned long calls = 0;

/** Text of JSON: bytes that are not ASCII are shown as they would be in Latin-1. */
inline std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const unsigned char byte : text.substr(0, 2000)) {
        char escape[8];
        std::snprintf(escape, sizeof escape, "\\u%04x", byte);
        result += byte < 0x20 || byte >= 0x7f || byte == '"' || byte == '\\' ? escape : std::string(1, char(byte));
    }
    return result + '"';
}

/** Writes the report and ends the process: nothing that the tests do can follow. */
[[noreturn]] inline void finish(const std::string& load, const std::string& tests, const std::string& more = "") {
    const std::string report = "{\"load\":{" + load + "},\"tests\":[" + tests + "],\"calls\":" + std::to_string(calls) +
                               ",\"evidence\":[]" + more + "}";
    std::fflush(nullptr);
    const int file = ::open("report.json", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    const bool written = file >= 0 && ::write(file, report.data(), report.size()) == ssize_t(report.size());
    ::_exit(written ? 0 : 1);
}

[[noreturn]] inline void finish_test(const char* status, const std::string& message, const std::string& line = "") {
    finish("\"ok\":true", std::string("{\"id\":\"main\",\"status\":\"") + status + "\",\"message\":" + quoted(message) +
                              ",\"got\":null,\"expected\":null,\"line\":" + (line.empty() ? "null" : quoted(line)) + "}");
}

/** Waits once until the program can be called. */
inline void await_load() {
    static bool loaded = false;
    if (loaded) return;
    loaded = true;
    try {
        auto reader = read_frame();
        if (reader.kind() != Kind::loaded) throw Broken("did not say that it can be called");
        reader.end();
    } catch (const Broken& broken) {
        finish("\"ok\":false,\"error\":{\"type\":\"Broken\",\"message\":" +
                   quoted(std::string("the program ") + broken.what() + " before it could be called") +
                   ",\"traceback\":\"\"}", "");
    }
}

/** That no program can be called with what the tests pass. */
[[noreturn]] inline void refuse(const Unsendable& unsendable) {
    finish("\"ok\":true", "", ",\"unbridgeable\":" + quoted(std::string("an argument is ") + unsendable.what()));
}

/** What the stub of the entry point does. A program that has gone or answers garbage is never called again. */
template <class Signature, class... Arguments> auto call(const Arguments&... arguments) {
    await_load();
    calls++;
    try {
        send_frame(Function<Signature>::call(arguments...));
        auto reader = read_frame();
        switch (reader.kind()) {
            case Kind::returned:
                return Function<Signature>::answer(reader, arguments...);
            case Kind::threw: {
                Thrown thrown{reader.text(), reader.text()};
                reader.end();
                throw_again(thrown);
            }
            case Kind::unsendable:
                finish_test("error", "the program returned " + reader.text());
            default:
                throw Broken("answered something else");
        }
    } catch (const Broken& broken) {
        finish_test("error", std::string("the program ") + broken.what());
    } catch (const TooLarge& large) {
        // The first call's are the tests' own; later ones may be made of what the program has answered.
        if (calls > 1) finish_test("error", std::string("an argument is ") + large.what());
        refuse(large);
    } catch (const Unsendable& unsendable) {
        refuse(unsendable);
    }
}

}  // namespace sandlot

/** The tests' asserts come here. */
extern "C" void __assert_fail(const char* assertion, const char*, unsigned int, const char*) noexcept {
    sandlot::finish_test("failed", std::string("Assertion failed: ") + assertion, assertion);
}

/** The linker puts it in the place of the tests' main, and leaves that reachable under another name. */
extern "C" int __wrap_main(int count, char** values) {
    sandlot::await_load();
    std::set_terminate([] {
        const auto thrown = std::current_exception() ? [] {
            try { throw; } catch (...) { return sandlot::caught(); }
        }() : sandlot::Thrown{"terminate", "was called"};
        sandlot::finish_test("error", thrown.name + ": " + thrown.message);
    });
    const int status = __real_main(count, values);
    if (status != 0) sandlot::finish_test("failed", "main returned " + std::to_string(status));
    sandlot::finish_test("passed", "");
}
