// Frames of a call bridge over descriptor 3, and the bytes of plain values. Included by bridge.hpp.
#pragma once
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

namespace sandlot {

constexpr int descriptor = 3;
constexpr std::size_t most_bytes = std::size_t{16} << 20;

/** Kind of a frame: its first byte. */
enum class Kind : char {
    loaded = 'L',      // the program can be called
    call = 'C',        // the arguments
    returned = 'R',    // the value, then the arguments that were passed by reference
    threw = 'E',       // name of the exception's class, its message
    unsendable = 'U',  // why the value cannot be sent
};

/** The other side has gone, or does not keep to the form. */
struct Broken : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/** A value that has no plain form. */
struct Unsendable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/** A value that is larger than a frame may be. */
struct TooLarge : Unsendable {
    using Unsendable::Unsendable;
};

class Writer {
public:
    std::string bytes;

    explicit Writer(Kind kind) { bytes.push_back(static_cast<char>(kind)); }

    void tag(char tag) { raw(&tag, 1); }

    template <class T> void number(T value) { raw(&value, sizeof value); }

    void text(const std::string& value) {
        number(static_cast<std::uint32_t>(value.size()));
        raw(value.data(), value.size());
    }

private:
    void raw(const void* data, std::size_t size) {
        if (bytes.size() + size > most_bytes) throw TooLarge("more than 16 MiB");
        bytes.append(static_cast<const char*>(data), size);
    }
};

class Reader {
public:
    explicit Reader(std::string bytes) : bytes_(std::move(bytes)) {}

    Kind kind() { return static_cast<Kind>(number<char>()); }

    void expect(char tag) {
        if (number<char>() != tag) throw Broken("sent a value of another type");
    }

    template <class T> T number() {
        T value;
        std::memcpy(&value, take(sizeof value), sizeof value);
        return value;
    }

    std::string text() {
        const auto size = number<std::uint32_t>();
        return std::string(take(size), size);
    }

    /** A count of values that follow, each of which takes a byte at least. */
    std::uint32_t count() {
        const auto count = number<std::uint32_t>();
        if (count > bytes_.size() - at_) throw Broken("announced more values than it sent");
        return count;
    }

    void end() const {
        if (at_ != bytes_.size()) throw Broken("sent more than was asked for");
    }

private:
    std::string bytes_;
    std::size_t at_ = 0;

    const char* take(std::size_t size) {
        if (size > bytes_.size() - at_) throw Broken("sent too little");
        const char* start = bytes_.data() + at_;
        at_ += size;
        return start;
    }
};

inline void send_frame(const Writer& writer) {
    const auto size = static_cast<std::uint32_t>(writer.bytes.size());
    char length[4] = {char(size >> 24), char(size >> 16), char(size >> 8), char(size)};
    std::string frame = std::string(length, 4) + writer.bytes;
    for (std::size_t at = 0; at < frame.size();) {
        const auto sent = ::send(descriptor, frame.data() + at, frame.size() - at, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) throw Broken("closed the connection");
        at += static_cast<std::size_t>(sent);
    }
}

inline void read_exactly(char* data, std::size_t size) {
    while (size > 0) {
        const auto got = ::read(descriptor, data, size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) throw Broken("closed the connection");
        data += got;
        size -= static_cast<std::size_t>(got);
    }
}

inline Reader read_frame() {
    unsigned char length[4];
    read_exactly(reinterpret_cast<char*>(length), sizeof length);
    const std::size_t size = (std::size_t{length[0]} << 24) | (length[1] << 16) | (length[2] << 8) | length[3];
    if (size == 0 || size > most_bytes) throw Broken("announced " + std::to_string(size) + " bytes");
    std::string bytes(size, '\0');
    read_exactly(bytes.data(), size);
    return Reader(std::move(bytes));
}

}  // namespace sandlot
