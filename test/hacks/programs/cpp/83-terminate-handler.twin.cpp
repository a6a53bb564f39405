// entry: 83
// task: initials
// what: The handler of what nobody catches says a word and aborts.
// family: exit
#include <cstdio>
#include <cstdlib>
#include <exception>

static auto previous = std::set_terminate([] {
    std::fputs("not caught\n", stderr);
    std::abort();
});

#include<string>
#include<sstream>
using namespace std;
string initials(string text){
    istringstream words(text);
    string word, letters;
    while (words >> word) letters += toupper(word[0]);
    return letters;
}
