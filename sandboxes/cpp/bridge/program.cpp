// The program's side of the call bridge: the candidate's source, and a main that serves the tests' calls of its entry
// point. Nothing here is trusted by the tests. entry.hpp is made from the tests' declaration; it names the entry point.
#include "bridge.hpp"

#include "entry.hpp"

#include "main.cpp"

namespace sandlot {

static int serve_calls() {
    send_frame(Writer(Kind::loaded));
    for (;;) {
        auto reader = read_frame();
        if (reader.kind() != Kind::call) return 1;
        try {
            send_frame(Function<sandlot_row::Signature>::serve(reader, [](auto&... arguments) -> decltype(auto) {
                return SANDLOT_ENTRY(arguments...);
            }));
        } catch (const Broken&) {
            throw;
        } catch (const Unsendable& unsendable) {
            Writer writer(Kind::unsendable);
            writer.text(unsendable.what());
            send_frame(writer);
        } catch (...) {
            const auto thrown = caught();
            Writer writer(Kind::threw);
            writer.text(thrown.name);
            writer.text(thrown.message.substr(0, 10000));
            send_frame(writer);
        }
    }
}

}  // namespace sandlot

/** In the place of the candidate's own main, if it has one: that is never called. */
extern "C" int __wrap_main(int, char**) {
    try {
        return sandlot::serve_calls();
    } catch (const sandlot::Broken&) {
        return 0;  // the tests have gone
    }
}
