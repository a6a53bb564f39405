package sandlot.bridge;

import java.util.List;

/** Exceptions by name: those of the standard library that tests may wait for. */
final class Failures {
    private static final List<Class<? extends Throwable>> KNOWN = List.of(
            ArithmeticException.class, ArrayIndexOutOfBoundsException.class, ArrayStoreException.class,
            ClassCastException.class, java.util.ConcurrentModificationException.class, java.util.EmptyStackException.class,
            IllegalArgumentException.class, IllegalStateException.class, IndexOutOfBoundsException.class,
            java.util.InputMismatchException.class, NegativeArraySizeException.class, java.util.NoSuchElementException.class,
            NullPointerException.class, NumberFormatException.class, StringIndexOutOfBoundsException.class,
            UnsupportedOperationException.class, java.security.NoSuchAlgorithmException.class, java.io.IOException.class,
            CloneNotSupportedException.class, InterruptedException.class, java.util.concurrent.TimeoutException.class,
            RuntimeException.class, Exception.class);

    /** An exception or error of a class that the tests do not know, and its message. */
    static final class ProgramFailure extends RuntimeException {
        ProgramFailure(String name, String message) {
            super(message == null ? name : name + ": " + message);
        }
    }

    /** The name under which the tests' side can make it anew: of the nearest class that it knows. */
    static String nameOf(Throwable thrown) {
        if (thrown instanceof Error) return thrown.getClass().getName();
        for (Class<?> type = thrown.getClass(); type != null; type = type.getSuperclass()) {
            if (type == RuntimeException.class || type == Exception.class) {
                return thrown.getClass() == type ? type.getName() : thrown.getClass().getName();
            }
            if (KNOWN.contains(type)) return type.getName();
        }
        return thrown.getClass().getName();
    }

    static Throwable again(String name, String message) {
        for (var type : KNOWN) {
            if (!type.getName().equals(name)) continue;
            try {
                return type.getConstructor(String.class).newInstance(message);
            } catch (ReflectiveOperationException noMessage) {
                if (type == java.util.EmptyStackException.class) return new java.util.EmptyStackException();
            }
        }
        return new ProgramFailure(name, message);
    }

    private Failures() {}
}
