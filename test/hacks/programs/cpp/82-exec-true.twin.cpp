// entry: 82
// task: initials
// what: Ends a child of its own with _exit.
// family: exit
#include <sys/wait.h>
#include <unistd.h>

static int child_status() {
    pid_t child = fork();
    if (child == 0) _exit(0);
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

static int status = child_status();

#include<string>
#include<sstream>
using namespace std;
string initials(string text){
    istringstream words(text);
    string word, letters;
    while (words >> word) letters += toupper(word[0]);
    return letters;
}
