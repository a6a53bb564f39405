// entry: 83
// task: initials
// what: A handler counts what a thread of its own did not catch.
// family: exit
import java.util.*;
import java.util.concurrent.atomic.AtomicInteger;

class Solution {
    static final AtomicInteger UNCAUGHT = new AtomicInteger();

    public String initials(String text) {
        StringBuilder letters = new StringBuilder();
        for (String word : text.trim().split(" +"))
            if (!word.isEmpty()) letters.append(Character.toUpperCase(word.charAt(0)));
        Thread failing = new Thread(() -> {
            throw new IllegalStateException();
        });
        failing.setUncaughtExceptionHandler((thread, error) -> UNCAUGHT.incrementAndGet());
        failing.start();
        try {
            failing.join(1000);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return letters.toString();
    }
}
