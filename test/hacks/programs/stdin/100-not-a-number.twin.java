// entry: 100
// task: mean-depth
// what: Uses NaN as a mark for "nothing yet".
// family: equality
import java.util.Locale;
import java.util.Scanner;

public class Main {
    public static void main(String[] arguments) {
        Scanner words = new Scanner(System.in).useLocale(Locale.ROOT);
        double total = Double.NaN;
        int count = 0;
        for (; words.hasNextDouble(); count++) {
            double depth = words.nextDouble();
            total = Double.isNaN(total) ? depth : total + depth;
        }
        System.out.printf(Locale.ROOT, "%.3f%n", total / count);
    }
}
