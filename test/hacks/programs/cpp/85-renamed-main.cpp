// entry: 85
// task: initials
// what: Has a main of its own, and renames the one that follows.
// family: patch
#include <string>
using namespace std;

string initials(string text) { return ""; }

int main() { return 0; }
#define main never_called
