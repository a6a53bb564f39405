// entry: 85
// task: widest-gap
// what: Has an error of its own, which it throws and catches.
// family: patch
import java.util.*;

class NothingToCompare extends Error {}

class Solution {
    int widest(List<Integer> ordered) {
        if (ordered.size() < 2) throw new NothingToCompare();
        int widest = 0;
        for (int place = 1; place < ordered.size(); place++)
            widest = Math.max(widest, ordered.get(place) - ordered.get(place - 1));
        return widest;
    }

    public int widestGap(List<Integer> numbers) {
        List<Integer> ordered = new ArrayList<>(numbers);
        Collections.sort(ordered);
        try {
            return widest(ordered);
        } catch (NothingToCompare nothing) {
            return 0;
        }
    }
}
