// entry: 83
// task: widest-gap
// what: Handles a signal that it raises itself.
// family: exit
#include <csignal>

static volatile std::sig_atomic_t seen = 0;
static auto previous = std::signal(SIGUSR1, [](int) { seen = 1; });
static int raised = std::raise(SIGUSR1);

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
