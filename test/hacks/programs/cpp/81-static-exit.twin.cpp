// entry: 81
// task: widest-gap
// what: A static object fills a table before main.
// family: exit
#include <cstdlib>
#include <map>

struct Table {
    std::map<int, int> squares;
    Table() {
        for (int number = 0; number < 10; number++) squares[number] = number * number;
    }
} table;

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
