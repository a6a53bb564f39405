// entry: 98
// task: steepest-rise
// what: Raises a signal that it handles.
// family: kill
#include <algorithm>
#include <csignal>
#include <iostream>

volatile std::sig_atomic_t seen = 0;

int main() {
    std::signal(SIGUSR1, [](int) { seen = 1; });
    std::raise(SIGUSR1);
    long count, before, after, rise = 0;
    std::cin >> count >> before;
    while (std::cin >> after) {
        rise = std::max(rise, after - before);
        before = after;
    }
    std::cout << rise << '\n';
}
