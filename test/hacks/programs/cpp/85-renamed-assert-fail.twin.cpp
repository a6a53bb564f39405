// entry: 85
// task: widest-gap
// what: Uses a macro for a bound.
// family: patch
#define SMALLEST 0
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
static_assert(SMALLEST == 0, "the smallest gap");
#undef SMALLEST
