package sandlot.bridge;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.HashMap;
import java.util.Map;

/** The program's side: serves the tests' calls until they hang up. Nothing here is trusted by the tests. */
public final class Program {
    private static final int MOST_TEXT = 10_000;

    public static void main(String[] none) throws Exception {
        var wire = new Wire();
        try {
            serve(wire, load(wire));
        } catch (Wire.Broken gone) {
            Runtime.getRuntime().halt(0);
        }
    }

    private static Class<?> load(Wire wire) throws IOException, Wire.Broken {
        Throwable problem;
        try {
            var type = Class.forName("SandlotEntry");
            wire.send(new Sender(Wire.LOADED).bytes);
            return type;
        } catch (ReflectiveOperationException | LinkageError error) {
            problem = error;
        }
        wire.send(new Sender(Wire.UNLOADED).text(problem.getClass().getName()).text(String.valueOf(problem.getMessage())).bytes);
        throw new Wire.Broken("could not be loaded");
    }

    private static void serve(Wire wire, Class<?> type) throws IOException, Wire.Broken {
        Map<Integer, Entry> objects = new HashMap<>();
        while (true) {
            var request = new Receiver(wire.receive());
            if (request.kind() != Wire.CALL) throw new Wire.Broken("asked for something else");
            int object = request.number();
            var arguments = (Object[]) request.value();
            request.end();
            wire.send(answer(type, objects, object, arguments).bytes);
        }
    }

    private static Sender answer(Class<?> type, Map<Integer, Entry> objects, int object, Object[] arguments) throws IOException {
        try {
            if (!objects.containsKey(object)) objects.put(object, (Entry) type.getDeclaredConstructor().newInstance());
            var value = objects.get(object).call(arguments);
            return new Sender(Wire.RETURNED).value(value).value(arguments);
        } catch (Sender.Unsendable unsendable) {
            return new Sender(Wire.UNSENDABLE).text(unsendable.getMessage());
        } catch (Throwable error) {
            var thrown = error instanceof InvocationTargetException wrapped ? wrapped.getCause() : error;
            var message = String.valueOf(thrown.getMessage());
            var shown = message.substring(0, Math.min(MOST_TEXT, message.length()));
            return new Sender(Wire.THREW).text(Failures.nameOf(thrown)).text(shown);
        }
    }

    private Program() {}
}
