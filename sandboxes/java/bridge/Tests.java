package sandlot.bridge;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.Map;

/** The tests' side: the stub's calls, and the report. Starts the tests' own main, and speaks last. */
public final class Tests {
    private static final int MOST_TEXT = 2000;
    private static final Map<Object, Integer> OBJECTS = new IdentityHashMap<>();
    private static Wire wire;
    private static int calls;

    public static void main(String[] none) throws Exception {
        wire = new Wire();
        awaitLoad();
        try {
            Class.forName("Main").getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        } catch (InvocationTargetException failure) {
            var thrown = failure.getCause();
            thrown.printStackTrace();
            finishTest(thrown instanceof AssertionError ? "failed" : "error", String.valueOf(thrown));
        }
        finishTest("passed", "");
    }

    /** What the stub of the entry point does. A program that has gone or answers garbage is never called again. */
    public static synchronized Object call(Object object, Object... arguments) {
        calls++;
        Throwable thrown;
        try {
            int number = OBJECTS.computeIfAbsent(object == null ? Tests.class : object, key -> OBJECTS.size());
            wire.send(new Sender(Wire.CALL).number(number).value(arguments).bytes);
            var reply = new Receiver(wire.receive());
            switch (reply.kind()) {
                case Wire.RETURNED -> {
                    var value = reply.value();
                    if (!(reply.value() instanceof Object[] changed) || changed.length != arguments.length)
                        throw new Wire.Broken("sent back other arguments");
                    reply.end();
                    for (int i = 0; i < arguments.length; i++) CopyBack.into(arguments[i], changed[i]);
                    return value;
                }
                case Wire.THREW -> {
                    thrown = Failures.again(reply.text(), reply.text());
                    reply.end();
                }
                case Wire.UNSENDABLE -> throw finishTest("error", "the program returned a value " + reply.text());
                default -> throw new Wire.Broken("answered something else");
            }
        } catch (Wire.Broken broken) {
            throw finishTest("error", "the program " + broken.getMessage());
        } catch (Sender.Unsendable unsendable) {
            // The first call's are the tests' own; later ones may be made of what the program has answered.
            if (unsendable instanceof Sender.TooLarge && calls > 1) throw finishTest("error", "an argument is " + unsendable.getMessage());
            throw finish("\"ok\":true", "", ",\"unbridgeable\":" + quoted("an argument is " + unsendable.getMessage()));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        throw Tests.<RuntimeException>unchecked(thrown);
    }

    private static void awaitLoad() {
        String type = "Broken", message;
        try {
            var first = new Receiver(wire.receive());
            char kind = first.kind();
            if (kind == Wire.LOADED) return;
            if (kind != Wire.UNLOADED) throw new Wire.Broken("did not say that it can be called");
            type = first.text();
            message = first.text();
        } catch (Wire.Broken broken) {
            message = "the program " + broken.getMessage() + " before it could be called";
        }
        finish("\"ok\":false,\"error\":{\"type\":" + quoted(type) + ",\"message\":" + quoted(message) + ",\"traceback\":\"\"}", "", "");
    }

    private static RuntimeException finishTest(String status, String message) {
        var test = "{\"id\":\"main\",\"status\":\"" + status + "\",\"message\":" + quoted(message);
        return finish("\"ok\":true", test + ",\"got\":null,\"expected\":null,\"line\":null}", "");
    }

    /** Writes the report and ends the process: nothing that the tests do can follow. */
    private static RuntimeException finish(String load, String tests, String more) {
        var report = "{\"load\":{" + load + "},\"tests\":[" + tests + "],\"calls\":" + calls + ",\"evidence\":[]" + more + "}";
        try {
            Files.writeString(Path.of("report.json"), report);
            Runtime.getRuntime().halt(0);
        } catch (IOException error) {
            Runtime.getRuntime().halt(1);
        }
        return new IllegalStateException();
    }

    private static String quoted(String text) {
        var result = new StringBuilder("\"");
        for (char letter : text.substring(0, Math.min(MOST_TEXT, text.length())).toCharArray()) {
            if (letter < 0x20 || letter >= 0x7f || letter == '"' || letter == '\\') result.append(String.format("\\u%04x", (int) letter));
            else result.append(letter);
        }
        return result.append('"').toString();
    }

    /** Lets a checked exception through, as the program's own method would. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T unchecked(Throwable thrown) throws T {
        throw (T) thrown;
    }

    private Tests() {}
}
