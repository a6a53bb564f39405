// entry: 83
// task: widest-gap
// what: A thread computes and is waited for.
// family: exit
import java.util.*;
import java.util.concurrent.*;

class Solution {
    public int widestGap(List<Integer> numbers) {
        return CompletableFuture.supplyAsync(() -> {
            List<Integer> ordered = new ArrayList<>(numbers);
            Collections.sort(ordered);
            int widest = 0;
            for (int place = 1; place < ordered.size(); place++)
                widest = Math.max(widest, ordered.get(place) - ordered.get(place - 1));
            return widest;
        }).join();
    }
}
