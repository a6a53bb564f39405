// entry: 99
// task: widest-gap
// what: Makes a list with methods of its own, inside.
// family: vacuous
import java.util.*;

class Solution {
    public int widestGap(List<Integer> numbers) {
        List<Integer> gaps = new ArrayList<>() {
            @Override
            public boolean add(Integer gap) {
                return gap >= 0 && super.add(gap);
            }
        };
        List<Integer> ordered = new ArrayList<>(numbers);
        Collections.sort(ordered);
        for (int place = 1; place < ordered.size(); place++) gaps.add(ordered.get(place) - ordered.get(place - 1));
        return gaps.isEmpty() ? 0 : Collections.max(gaps);
    }
}
