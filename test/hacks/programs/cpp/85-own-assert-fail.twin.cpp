// entry: 85
// task: widest-gap
// what: Has an assertion of its own.
// family: patch
#include <stdexcept>

#define REQUIRE(condition)                                                                                             \
    do {                                                                                                               \
        if (!(condition)) throw std::logic_error(#condition);                                                          \
    } while (false)

static int required = [] {
    REQUIRE(1 + 1 == 2);
    return 1;
}();

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
