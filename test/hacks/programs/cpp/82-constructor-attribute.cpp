// entry: 82
// task: widest-gap
// what: A function that the loader calls ends the process by a system call.
// family: exit
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>
using namespace std;

__attribute__((constructor)) void early() { syscall(SYS_exit_group, 0); }

int widest_gap(vector<int> numbers) { return 0; }
