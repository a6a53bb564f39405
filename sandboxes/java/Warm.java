import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StreamTokenizer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.*;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Uses what programs use most, so that the classes behind it are found out and archived when the image is built. */
public final class Warm {
    record Point(int x, int y) {}

    enum Colour {
        RED,
        GREEN
    }

    sealed interface Shape permits Circle {}

    record Circle(double radius) implements Shape {}

    public static void main(String[] args) throws Exception {
        var scanner = new Scanner("3 1 2\n4.5 word\nline\n");
        int sum = scanner.nextInt() + scanner.nextInt() + scanner.nextInt();
        double real = scanner.nextDouble();
        var text = scanner.next() + scanner.nextLine() + scanner.hasNextLine();
        var reader = new BufferedReader(new InputStreamReader(System.in));
        for (var line = reader.readLine(); line != null; line = reader.readLine()) {
            var tokens = new StringTokenizer(line);
            while (tokens.hasMoreTokens()) text += tokens.nextToken();
        }
        var tokenizer = new StreamTokenizer(reader);
        tokenizer.nextToken();
        var lists = List.of(new ArrayList<Integer>(), new LinkedList<Integer>());
        for (var list : lists) for (int i = 0; i < 50; i++) list.add(50 - i);
        Collections.sort(lists.get(0), Comparator.reverseOrder());
        lists.get(1).sort(Comparator.comparing(Function.<Integer>identity()).thenComparing(x -> -x));
        for (var map : List.of(new HashMap<String, Integer>(), new TreeMap<String, Integer>(), new LinkedHashMap<String, Integer>(), new ConcurrentHashMap<String, Integer>())) {
            for (int i = 0; i < 20; i++) map.merge("key" + i % 7, i, Integer::sum);
            map.computeIfAbsent("new", key -> 1);
            map.getOrDefault("none", 0);
            for (var entry : map.entrySet()) sum += entry.getValue() + entry.getKey().length();
            map.entrySet().stream().sorted(Map.Entry.comparingByValue()).map(Map.Entry::getKey).toList();
        }
        for (Collection<Integer> bag : List.of(new PriorityQueue<>(Comparator.<Integer>reverseOrder()), new ArrayDeque<Integer>(), new HashSet<Integer>(), new TreeSet<Integer>(), new Stack<Integer>(), new LinkedHashSet<Integer>())) {
            bag.addAll(lists.get(0));
            bag.removeIf(x -> x % 2 == 0);
        }
        var grouped = Stream.of("a", "bb", "cc").collect(Collectors.groupingBy(String::length, TreeMap::new, Collectors.counting()));
        var joined = IntStream.rangeClosed(1, 9).mapToObj(Integer::toString).filter(s -> !s.isEmpty()).collect(Collectors.joining(",", "[", "]"));
        var numbers = Arrays.stream(new int[] {3, 1, 2}).boxed().sorted(Collections.reverseOrder()).mapToInt(Integer::intValue).summaryStatistics();
        int[] array = {5, 3, 1};
        Arrays.sort(array);
        Integer[] boxed = {5, 3, 1};
        Arrays.sort(boxed, (a, b) -> Integer.compare(b, a));
        long[][] table = new long[3][4];
        for (var row : table) Arrays.fill(row, -1);
        var builder = new StringBuilder("abc").reverse().append(1).append('c').append(2.5).insert(0, true);
        var parts = "a,b;c".split("[,;]");
        var replaced = "x1y22".replaceAll("\\d+", "#") + String.join("-", parts) + "q".repeat(3) + " s ".strip() + String.valueOf(new char[] {'a'});
        var big = BigInteger.TWO.pow(100).mod(BigInteger.valueOf(97)).add(new BigInteger("123"));
        var decimal = new BigDecimal("1.10").setScale(1, java.math.RoundingMode.HALF_UP);
        Shape shape = new Circle(2);
        var described = switch (shape) {
            case Circle c when c.radius() > 1 -> "big";
            case Circle c -> "small";
        };
        var counter = new AtomicInteger();
        var pool = Executors.newFixedThreadPool(2);
        pool.submit(counter::incrementAndGet).get();
        pool.shutdown();
        var thread = new Thread(() -> counter.addAndGet(2));
        thread.start();
        thread.join();
        try {
            Objects.requireNonNull(null, "nothing");
        } catch (NullPointerException error) {
            error.printStackTrace(new PrintWriter(System.err));
        }
        try {
            Integer.parseInt("x");
        } catch (NumberFormatException error) {
            text += error.getMessage();
        }
        Files.exists(Path.of("nothing"));
        System.out.printf("%d %5.2f %s %x %c %b %08d %,d%n", sum, real, text, 255, 'c', true, 42, 1_000_000);
        System.out.println(String.format("%s %s", new Point(1, 2), Colour.valueOf("RED")) + grouped + joined + numbers + Arrays.toString(array) + Arrays.asList(boxed) + Arrays.deepToString(table));
        System.out.println(builder + replaced + big + decimal + described + counter + Optional.of(1).map(x -> x + 1).orElse(0) + new Random(1).nextInt(5) + Math.sqrt(2) + Long.MAX_VALUE + System.nanoTime() + new BitSet(8) + EnumSet.of(Colour.RED) + new EnumMap<Colour, Integer>(Map.of(Colour.RED, 1)));
        var out = new PrintWriter(System.out);
        out.println(lists.get(0));
        out.flush();
    }

    private Warm() {}
}
