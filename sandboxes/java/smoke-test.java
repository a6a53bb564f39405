// Run in a sandbox of this image with the line "ping" as standard input.
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Scanner;
import java.util.stream.IntStream;

public class SmokeTest {
    record Pair(int left, int right) {}

    public static void main(String[] arguments) throws Exception {
        assert new Scanner(System.in).nextLine().equals("ping");
        assert Path.of("").toAbsolutePath().toString().equals("/workspace");
        Files.writeString(Path.of("note.txt"), "x");
        assert IntStream.range(0, 5).mapToObj(i -> new Pair(i, i * i)).mapToInt(Pair::right).sum() == 30;
        assert depth(100_000) == 100_000;
        System.out.println("ok");
    }

    private static int depth(int levels) {
        return levels == 0 ? 0 : 1 + depth(levels - 1);
    }
}
