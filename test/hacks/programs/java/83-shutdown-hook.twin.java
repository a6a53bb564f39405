// entry: 83
// task: widest-gap
// what: A shutdown hook says how often it was called.
// family: exit
import java.util.*;

class Solution {
    static int calls = 0;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.err.println(calls + " calls")));
    }

    public int widestGap(List<Integer> numbers) {
        calls++;
        List<Integer> ordered = new ArrayList<>(numbers);
        Collections.sort(ordered);
        int widest = 0;
        for (int place = 1; place < ordered.size(); place++)
            widest = Math.max(widest, ordered.get(place) - ordered.get(place - 1));
        return widest;
    }
}
