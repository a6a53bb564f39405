// entry: 86
// task: widest-gap
// what: Compares by an operator of its own inside.
// family: equality
#include <algorithm>
#include <vector>
using namespace std;

struct Gap {
    int width;
    bool operator<(const Gap &other) const { return width < other.width; }
};

int widest_gap(vector<int> numbers) {
    sort(numbers.begin(), numbers.end());
    Gap widest{0};
    for (size_t place = 1; place < numbers.size(); place++)
        widest = max(widest, Gap{numbers[place] - numbers[place - 1]});
    return widest.width;
}
