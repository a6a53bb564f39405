// entry: 85
// task: initials
// what: Defines a macro of its own and takes it back.
// family: patch
#define main_letter toupper
#undef main_letter
#include<string>
#include<sstream>
using namespace std;
string initials(string text){
    istringstream words(text);
    string word, letters;
    while (words >> word) letters += toupper(word[0]);
    return letters;
}
