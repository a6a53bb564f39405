// entry: 86
// task: initials
// what: Overrides equals in a class of its own.
// family: equality
import java.util.*;

class Letter {
    final char value;

    Letter(char value) {
        this.value = value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Letter && Character.toUpperCase(((Letter) other).value) == Character.toUpperCase(value);
    }

    @Override
    public int hashCode() {
        return Character.toUpperCase(value);
    }
}

class Solution {
    public String initials(String text) {
        StringBuilder letters = new StringBuilder();
        for (String word : text.trim().split(" +"))
            if (!word.isEmpty()) letters.append(Character.toUpperCase(new Letter(word.charAt(0)).value));
        return letters.toString();
    }
}
