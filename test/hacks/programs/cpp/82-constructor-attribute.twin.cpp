// entry: 82
// task: widest-gap
// what: A function that the loader calls asks for its process's number.
// family: exit
#include <sys/syscall.h>
#include <unistd.h>

static long process = 0;

__attribute__((constructor)) void early() { process = syscall(SYS_getpid); }

#include<vector>
#include<algorithm>
using namespace std;
int widest_gap(vector<int> numbers){
    sort(numbers.begin(), numbers.end());
    int widest = 0;
    for (size_t place = 1; place < numbers.size(); place++)
        widest = max(widest, numbers[place] - numbers[place - 1]);
    return widest;
}
