// entry: 88
// task: ledger
// what: Reads a file of its own.
// family: read
#include <cstdio>
#include <iostream>
#include <map>
#include <string>

int main() {
    FILE *scratch = tmpfile();
    if (scratch) fclose(scratch);
    std::map<std::string, long> totals;
    std::string name;
    long amount;
    while (std::cin >> name >> amount) totals[name] += amount;
    for (auto &[name, total] : totals) std::cout << name << ' ' << total << '\n';
}
