package sandlot.bridge;

import java.lang.reflect.Array;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Brings what a call has done to its arguments into the objects that the tests passed. */
final class CopyBack {
    /** Leaves alone what has not changed, and what cannot be changed. */
    @SuppressWarnings("unchecked")
    static void into(Object passed, Object changed) {
        try {
            if (passed instanceof List<?> list && changed instanceof List<?> now) lists((List<Object>) list, now);
            else if (passed instanceof Map<?, ?> map && changed instanceof Map<?, ?> now) maps((Map<Object, Object>) map, now);
            else if (passed instanceof Set<?> set && changed instanceof Set<?> now) sets((Set<Object>) set, now);
            else if (passed != null && changed != null && passed.getClass().isArray() && passed.getClass() == changed.getClass()) arrays(passed, changed);
        } catch (UnsupportedOperationException constant) {
            // The program had a copy that it could change; the tests' own stays as it is.
        }
    }

    private static void lists(List<Object> list, List<?> now) {
        for (int i = 0; i < Math.min(list.size(), now.size()); i++) {
            var before = list.get(i);
            var after = now.get(i);
            if (isContainer(before) && isContainer(after)) into(before, after);
            else if (!Objects.equals(before, after)) list.set(i, after);
        }
        while (list.size() > now.size()) list.remove(list.size() - 1);
        if (list.size() < now.size()) list.addAll(now.subList(list.size(), now.size()));
    }

    private static boolean isContainer(Object item) {
        return item instanceof List || item instanceof Map || item instanceof Set || (item != null && item.getClass().isArray());
    }

    private static void maps(Map<Object, Object> map, Map<?, ?> now) {
        if (map.equals(now)) return;
        map.clear();
        map.putAll(now);
    }

    private static void sets(Set<Object> set, Set<?> now) {
        if (set.equals(now)) return;
        set.clear();
        set.addAll(now);
    }

    private static void arrays(Object array, Object now) {
        int length = Math.min(Array.getLength(array), Array.getLength(now));
        for (int i = 0; i < length; i++) {
            var before = Array.get(array, i);
            var after = Array.get(now, i);
            if (isContainer(before) && isContainer(after)) into(before, after);
            else Array.set(array, i, after);
        }
    }

    private CopyBack() {}
}
