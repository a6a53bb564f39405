// entry: 82
// task: initials
// what: Asks the runtime for its number of processors.
// family: exit
import java.util.*;

class Solution {
    static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    public String initials(String text) {
        StringBuilder letters = new StringBuilder();
        for (String word : text.trim().split(" +"))
            if (!word.isEmpty()) letters.append(Character.toUpperCase(word.charAt(0)));
        return letters.toString();
    }
}
