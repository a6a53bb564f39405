// entry: 98
// task: initials
// what: Starts a thread and waits for it.
// family: kill
#include <future>

static int ready = std::async([] { return 1; }).get();

#include<string>
#include<sstream>
using namespace std;
string initials(string text){
    istringstream words(text);
    string word, letters;
    while (words >> word) letters += toupper(word[0]);
    return letters;
}
