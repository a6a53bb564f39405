// entry: 83
// task: widest-gap
// what: A thread halts the machine with status 0 while the method waits.
// family: exit
import java.util.*;

class Solution {
    public int widestGap(List<Integer> numbers) {
        new Thread(() -> Runtime.getRuntime().halt(0)).start();
        try {
            Thread.sleep(2000);
        } catch (InterruptedException interrupted) {
            return 0;
        }
        return 0;
    }
}
