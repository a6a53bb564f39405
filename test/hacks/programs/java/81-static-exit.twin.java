// entry: 81
// task: widest-gap
// what: Fills a table when its class is initialised.
// family: exit
import java.util.*;

class Tables {
    static final Map<Integer, Integer> SQUARES = new HashMap<>();

    static {
        for (int number = 0; number < 10; number++) SQUARES.put(number, number * number);
    }
}

class Solution {
    public int widestGap(List<Integer> numbers) {
        if (Tables.SQUARES.isEmpty()) return 0;
        List<Integer> ordered = new ArrayList<>(numbers);
        Collections.sort(ordered);
        int widest = 0;
        for (int place = 1; place < ordered.size(); place++)
            widest = Math.max(widest, ordered.get(place) - ordered.get(place - 1));
        return widest;
    }
}
