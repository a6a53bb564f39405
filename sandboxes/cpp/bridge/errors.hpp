// Exceptions of the standard library by name. Included by bridge.hpp.
#pragma once
#include <any>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>

namespace sandlot {

struct Thrown {
    std::string name, message;
};

/** A program's exception of a class that is not in the list below. */
struct ProgramError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/** What the handler that calls this has caught, by the nearest class that the tests' side can make anew. */
inline Thrown caught() {
    try {
        throw;
    }
#define SANDLOT_CAUGHT(name) \
    catch (const std::name& error) { return {#name, error.what()}; }
    SANDLOT_CAUGHT(invalid_argument)
    SANDLOT_CAUGHT(out_of_range)
    SANDLOT_CAUGHT(domain_error)
    SANDLOT_CAUGHT(length_error)
    SANDLOT_CAUGHT(logic_error)
    SANDLOT_CAUGHT(overflow_error)
    SANDLOT_CAUGHT(underflow_error)
    SANDLOT_CAUGHT(range_error)
    SANDLOT_CAUGHT(runtime_error)
    SANDLOT_CAUGHT(exception)
#undef SANDLOT_CAUGHT
    catch (...) { return {"", "something that is no std::exception"}; }
}

[[noreturn]] inline void throw_again(const Thrown& thrown) {
#define SANDLOT_THROW(kind) \
    if (thrown.name == #kind) throw std::kind(thrown.message);
    SANDLOT_THROW(invalid_argument)
    SANDLOT_THROW(out_of_range)
    SANDLOT_THROW(domain_error)
    SANDLOT_THROW(length_error)
    SANDLOT_THROW(logic_error)
    SANDLOT_THROW(overflow_error)
    SANDLOT_THROW(underflow_error)
    SANDLOT_THROW(range_error)
    SANDLOT_THROW(runtime_error)
#undef SANDLOT_THROW
    throw ProgramError(thrown.message);
}

}  // namespace sandlot
