// entry: 81
// task: initials
// what: Throws in a helper and catches it.
// family: exit
#include <stdexcept>
#include <string>
using namespace std;

char first(const string &word) {
    if (word.empty()) throw out_of_range("no letter");
    return toupper(word[0]);
}

string initials(string text) {
    string word, letters;
    for (char letter : text + " ") {
        if (letter != ' ') {
            word += letter;
            continue;
        }
        try {
            letters += first(word);
        } catch (const out_of_range &) {
        }
        word.clear();
    }
    return letters;
}
